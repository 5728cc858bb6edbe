// session_core: who is still alive, and how it ends.
#include "session/session_core.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace pulsegate {
namespace {

constexpr std::array both_legs{leg::client, leg::app};

// So much unread input says that the peer's TCP was told to stop: it could not have spoken.
constexpr std::uint64_t full_window = 32 * 1024;

// More than anything that the session decides by itself.
constexpr milliseconds kernel_allowance{10'000};

time_point real_of(time_point observed, moment now) {
    return observed == time_point::max() ? observed : now.real + (observed - now.observed);
}

} // namespace

session_core::session_core(session_orders& orders, const session_rules& rules, relay_counts& counts,
                           bool compressed, moment now, duration phase)
    : orders_(orders), rules_(&rules),
      counts_(counts), halves_{half(rules.frames_from(leg::client, compressed)),
                               half(rules.frames_from(leg::app, compressed))},
      progress_{progress(now), progress(now)}, hearts_{heartbeat(now, phase),
                                                       heartbeat(now, phase)} {
    for (half& each : halves_)
        each.sent = now.observed;
    if (rules.rate.is_limited())
        rate_ = std::make_unique<rate_state>();
}

session_core::~session_core() = default;

void session_core::change_rules(const session_rules& next, moment now, duration phase) {
    const session_rules& before = *rules_;
    std::array<time_point, leg_count> silent_before;
    for (const leg which : both_legs)
        silent_before[index(which)] = silent_at(which);
    rules_ = &next;
    if (next.rate.is_limited() && rate_ == nullptr)
        rate_ = std::make_unique<rate_state>();
    is_kernel_limited_ = {};
    half_from(leg::client).scanner.change_limits(next.held_text_bytes(), next.max_message_bytes);
    if (next.rhythm_of(leg::client) == before.rhythm_of(leg::client))
        return;
    for (const leg which : both_legs) {
        progress_of(which).on_new_timeout(silent_before[index(which)],
                                          next.rhythm_of(which).timeout, now);
        hearts_[index(which)].on_new_rhythm(now, phase);
    }
}

// --- Events ---

void session_core::on_taken(leg to, std::size_t waiting, moment now) {
    progress_of(to).on_taken(now);
    half_to(to).note_written(waiting);
    fill_gap(to, now);
    after_write(to, now);
}

void session_core::on_more_waits(leg to, std::size_t waiting, moment now) {
    half_to(to).note_written(waiting);
    after_write(to, now);
}

void session_core::on_end(leg from, leg_end how, moment now) {
    if (!life_.is_done(from))
        perform(life_.on_end(from, how, rules_->close->told(leg::client, close_reason::app_lost)),
                now);
}

void session_core::on_end_ahead(leg from, moment now) {
    if (from == leg::client && holds_input())
        on_end(from, leg_end::broken, now);
}

void session_core::on_due(moment now) {
    if (now.real >= goodbye_at_)
        close(goodbye_reason_, now);
    resume(now);
    for (const leg which : both_legs) {
        if (!life_.is_open()) {
            watch_end_of(which, now);
            continue;
        }
        beat(which, now);
        watch_over(which, now);
    }
}

void session_core::beat(leg to, moment now) {
    const auto due = hearts_[index(to)].on_due(rules_->rhythm_of(to), now);
    if (!due.ping && !due.text)
        return;
    // With the first heartbeat, which comes earlier than the kernel would give up: many sessions
    // end before they have one.
    if (!std::exchange(is_kernel_limited_[index(to)], true)) {
        const duration longest =
            std::max<duration>(rules_->write_stall, rules_->heartbeat->timeout) + kernel_allowance;
        orders_.limit_silence_of_kernel(to, std::chrono::duration_cast<milliseconds>(longest));
    }
    half_to(to).own.ping |= due.ping;
    if (due.text) {
        queue_frame(to, opcode::text, rules_->heartbeat->text_send, now);
        hearts_[index(to)].on_text_sent();
        ++counts_.pings_sent[index(to)];
        progress_of(to).on_asked(half_to(to).bytes);
    }
    fill_gap(to, now);
}

// --- Who is alive ---

time_point session_core::silent_at(leg which) const {
    return progress_of(which).silent_at(rules_->rhythm_of(which).timeout);
}

tcp_look session_core::look(leg which, moment now) {
    const tcp_look seen = orders_.look(which);
    progress_of(which).on_look(seen, now);
    return seen;
}

bool session_core::wants_look(leg which, moment now) const {
    const progress& peer = progress_of(which);
    return (peer.is_waiting() || peer.waits_in_kernel()) &&
           now.observed >= peer.next_look(rules_->write_stall);
}

void session_core::watch_over(leg which, moment now) {
    if (!life_.is_open())
        return;
    progress& peer = progress_of(which);
    if (peer.is_waiting()) {
        if (wants_look(which, now) || now.observed >= peer.stalled_at(rules_->write_stall))
            look(which, now);
        if (now.observed >= peer.stalled_at(rules_->write_stall))
            judge_stall(which, now);
    }
    if (life_.is_open() && now.observed >= silent_at(which))
        judge_silence(which, now);
}

void session_core::judge_stall(leg which, moment now) {
    // Who cannot write does not read, mostly: what it sends is held back here for the other one.
    const leg cause = other(which);
    if (!wants_bytes(which) && half_to(cause).waiting > 0) {
        if (progress_of(cause).is_taking(now, rules_->write_stall))
            return progress_of(which).on_excused(now);
        which = leg::client; // neither takes anything; an application serves many
    }
    close(which == leg::client ? close_reason::slow_client : close_reason::slow_app, now);
}

void session_core::judge_silence(leg which, moment now) {
    const tcp_look seen = look(which, now);
    // What waits in the socket was sent in time; it is the gateway that has not read it.
    if (seen.unread > 0)
        progress_of(which).on_found_unread(now, seen.since_data);
    if (now.observed < silent_at(which))
        return;
    const progress& peer = progress_of(which);
    const half& way = half_to(which);
    const time_point read_by =
        peer.heard() + rules_->rhythm_of(which).timeout +
        peer.reading_time(way.bytes, way.waiting + seen.waiting, rules_->slowest_rate);
    if (now.observed < read_by)
        return progress_of(which).put_off(
            std::min(read_by, now.observed + progress::look_step(rules_->write_stall)));
    if (is_excused(which, seen, now))
        return progress_of(which).put_off(now.observed + progress::look_step(rules_->write_stall));
    close(which == leg::client ? close_reason::evicted : close_reason::app_timeout, now);
}

/// True if the silence of a peer is not its own doing.
bool session_core::is_excused(leg which, const tcp_look& seen, moment now) {
    const progress& peer = progress_of(which);
    own_frames& own = half_to(which).own;
    // It takes what waits: the ping behind that has not reached it.
    if (peer.may_be_taking(now, rules_->write_stall)) {
        own.is_ping_late = true;
        return true;
    }
    // It has ended its side, behind bytes that are still to be read.
    if (seen.has_ended && !is_paused(which))
        return true;
    // Its own bytes wait to be read, since the other one is slow, and a pong would be behind them.
    // It is there if its TCP is; while it cannot write it may not read either. One that is held
    // back for its rate has only itself to blame, unless it had no room for a pong.
    const std::uint64_t enough = is_paused(which) ? full_window : 1;
    const bool is_full = seen.waiting == seen.unsent; // its window is closed, if anything waits
    const bool may_be_blocked =
        is_full && progress_of(other(which)).is_taking(now, rules_->write_stall);
    if (seen.unread >= enough && (seen.waiting == 0 || may_be_blocked))
        return true;
    // Nobody can be asked inside a frame (RFC 6455 §5.4), as long as that goes on. Its TCP has to
    // be there meanwhile, if it owes anything.
    const bool is_asked =
        !own.ping && !(own.texts && rules_->rhythm_of(which).method == heartbeat_method::text);
    const bool goes_on = now.observed - half_to(which).sent < rules_->rhythm_of(which).timeout;
    if (is_asked || !goes_on)
        return false;
    const bool is_first = !own.is_ping_late; // nothing to compare with yet
    own.is_ping_late = true;
    return is_first || seen.waiting == 0 || peer.took() == now.observed;
}

// --- The end ---

void session_core::close(close_reason why, moment now, const char* detail) {
    close(why, now, detail, rules_->close->told(leg::app, why));
}

void session_core::close(close_reason why, moment now, const char* detail,
                         const close_payload& to_app) {
    const closing_orders orders = life_.close(why, {rules_->close->told(leg::client, why), to_app});
    note_ending(now, detail);
    perform(orders, now);
}

/// Remembers how things stood when the session began to end.
void session_core::note_ending(moment now, const char* detail) {
    if (ending_ != nullptr)
        return;
    ending_ = std::make_unique<ending>();
    ending_->seen = {progress_of(leg::client).idle(now), now.observed - half_to(leg::client).sent,
                     progress_of(leg::app).idle(now), detail};
}

void session_core::perform(const closing_orders& orders, moment now) {
    if (life_.is_open())
        return;
    note_ending(now, nullptr);
    // First of all what is to be written behind the frame in hand is known for both.
    for (const leg which : both_legs) {
        const leg_orders& own = which == leg::app ? orders.app : orders.client;
        half_to(which).own.close |= own.close;
        ending_->flushes[index(which)] |= own.flush;
        if (own.close || own.flush)
            ending_->told[index(which)] = now.observed;
    }
    perform(leg::app, orders.app, now);
    perform(leg::client, orders.client, now);
}

void session_core::perform(leg which, const leg_orders& orders, moment now) {
    if (orders.shut) {
        ending_->shut[index(which)] = true;
        orders_.shut(which);
    }
    if (orders.leave || orders.cut) {
        half& way = half_to(which);
        way.own = {};
        way.waiting = 0;
        way.is_closed = true;
        half_from(which).keep({});
        if (which == leg::client && rate_ != nullptr)
            rate_->holds_input = false;
        if (orders.leave)
            orders_.leave(which, ending_->shut[index(which)]);
        else
            orders_.cut(which);
        count_pending();
        fill_gap(other(which), now); // a Close may have waited for the end of a frame of this leg
    }
    if (orders.close)
        fill_gap(which, now);
    if (orders.flush)
        after_write(which, now);
}

/// When the time of a leg is up that is ending, in observed time, if nothing happens until then.
time_point session_core::ends_at(leg which) const {
    const progress& peer = progress_of(which);
    const time_point told = ending_->told[index(which)];
    if (life_.is_done(which))
        return time_point::max();
    if (which == leg::client && life_.reason() == close_reason::evicted)
        return told + lifecycle::silent_close_wait;
    if (half_to(which).waiting > 0)
        return peer.stalled_at(rules_->write_stall);
    if (!life_.is_ordered(which) || (!wants_bytes(which) && !life_.is_over(which)))
        return time_point::max(); // the other one is waited for
    const time_point took = std::max(told, peer.took());
    time_point last = std::max(took, peer.heard());
    if (!life_.is_told(which)) // its Close waits for the end of a frame
        last = std::max(last, progress_of(other(which)).heard());
    // A proxy may hold more than the Close.
    const duration reading =
        peer.reading_time(half_to(which).bytes, 0, rules_->slowest_rate) + lifecycle::close_wait;
    const duration patience = peer.waits_in_kernel() ? rules_->write_stall : reading;
    return std::min(last + patience, took + std::max<duration>(rules_->write_stall, reading));
}

void session_core::watch_end_of(leg which, moment now) {
    if (life_.is_done(which))
        return;
    const bool is_silent = which == leg::client && life_.reason() == close_reason::evicted;
    if (!is_silent && (wants_look(which, now) || now.observed >= ends_at(which)))
        look(which, now);
    if (now.observed >= ends_at(which))
        perform(life_.on_expired(which), now);
}

std::optional<time_point> session_core::due(moment now) const {
    if (life_.has_ended())
        return std::nullopt;
    time_point due = time_point::max(); // real
    const bool is_open = life_.is_open();
    if (is_open) {
        due = std::min({goodbye_at_, hearts_[0].next_due(), hearts_[1].next_due()});
        if (holds_input())
            due = std::min(due, rate_->paused_until);
    } else if (holds_input() && half_from(leg::client).waiting == 0) {
        return now.real; // no pause outlives the session
    }
    for (const leg which : both_legs) {
        if (life_.is_done(which))
            continue;
        const progress& peer = progress_of(which);
        time_point at = is_open ? silent_at(which) : ends_at(which);
        if (is_open && peer.is_waiting())
            at = std::min(at, peer.stalled_at(rules_->write_stall));
        if (peer.is_waiting() || (!is_open && peer.waits_in_kernel()))
            at = std::min(at, peer.next_look(rules_->write_stall));
        due = std::min(due, real_of(at, now));
    }
    return due;
}

void session_core::describe(session_facts& facts, moment now) const {
    const half& client = half_from(leg::client);
    const half& app = half_from(leg::app);
    if (!life_.is_open())
        facts.closing = life_.reason();
    facts.client_idle = progress_of(leg::client).idle(now);
    facts.client_quiet = now.observed - half_to(leg::client).sent;
    facts.app_idle = progress_of(leg::app).idle(now);
    facts.round_trip = last_round_trip();
    facts.client_messages = client.messages;
    facts.client_bytes = client.bytes;
    facts.app_messages = app.messages;
    facts.app_bytes = app.bytes;
    facts.pending_bytes = std::uint64_t{client.waiting} + app.waiting;
}

} // namespace pulsegate
