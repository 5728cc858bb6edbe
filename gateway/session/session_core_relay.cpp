// session_core: what passes from one leg to the other, and what the gateway itself puts in.
#include "session/session_core.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "session/write_batch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

namespace pulsegate {
namespace {

close_reason reason_of(leg from, violation why) {
    if (from == leg::app)
        return close_reason::app_protocol_error;
    if (why == violation::bad_utf8)
        return close_reason::bad_utf8;
    if (why == violation::message_too_big)
        return close_reason::too_big;
    return close_reason::protocol_error;
}

close_reason reason_of(leg from, close_error what) {
    if (from == leg::app)
        return close_reason::app_protocol_error;
    return what == close_error::bad_utf8 ? close_reason::bad_utf8 : close_reason::protocol_error;
}

// What an application hears whose text is not UTF-8 (RFC 6455 §7.4.1).
const close_payload not_utf8{1007, "invalid UTF-8"};

const char* to_string(close_error what) {
    switch (what) {
    case close_error::one_byte_body:
        return "Close frame with half a status code";
    case close_error::bad_code:
        return "Close frame with a code that may not be sent";
    case close_error::bad_utf8:
        return "Close frame with a reason that is not UTF-8";
    }
    return "bad Close frame";
}

} // namespace

void session_core::on_bytes(leg from, std::span<std::uint8_t> bytes, moment now) {
    half& way = half_from(from);
    progress_of(from).on_heard(now);
    const auto kept = way.kept();
    PULSEGATE_ASSERT(kept.size() <= max_unscanned_bytes);
    if (kept.empty())
        return take_in(from, bytes, now);
    std::uint8_t* const start = bytes.data() - kept.size();
    std::copy(kept.begin(), kept.end(), start);
    take_in(from, {start, kept.size() + bytes.size()}, now);
}

void session_core::on_early_bytes(leg from, std::span<const std::uint8_t> bytes, moment now) {
    take_in(from, bytes, now);
}

void session_core::take_in(leg from, std::span<const std::uint8_t> bytes, moment now) {
    half& way = half_from(from);
    write_batch batch(orders_, other(from), way);
    way.keep(relay(from, bytes, batch, now));
    batch.flush();
    after_write(other(from), now);
    fill_gap(from, now); // answers to what came
}

/// Returns the end of `bytes` that has to be seen again with more behind it.
std::span<const std::uint8_t> session_core::relay(leg from, std::span<const std::uint8_t> bytes,
                                                  write_batch& batch, moment now) {
    half& way = half_from(from);
    while (!bytes.empty() && !life_.is_done(from) && !life_.is_deaf_to(from)) {
        const bool rated = is_rated(from);
        if (rated && is_over_rate(batch, now))
            return bytes;
        const auto most =
            way.own.any() || rated ? frame_scanner::extent::frame : frame_scanner::extent::input;
        const bool is_frame_new = way.has_gap();
        const scan_step step = way.scanner.scan(bytes, most);
        const bool has_event =
            step.what != scan_step::event::used_up && step.what != scan_step::event::need_more;
        if (rated)
            count_for_rate(from, step, is_frame_new, now);
        forward(from, bytes.first(step.pass), step.messages, batch, now);
        if (step.what == scan_step::event::need_more)
            return bytes.subspan(step.consumed);
        if (has_event) {
            batch.flush(); // an event may write to either leg
            on_event(from, step, bytes.subspan(step.pass, step.consumed - step.pass), batch, now);
        }
        bytes = bytes.subspan(step.consumed);
        if (way.own.any() && way.has_gap()) {
            batch.flush();
            fill_gap(other(from), now);
        }
    }
    return {};
}

void session_core::forward(leg from, std::span<const std::uint8_t> bytes, std::uint64_t messages,
                           write_batch& batch, moment now) {
    if (bytes.empty() || !forwards(from))
        return;
    batch.add(bytes);
    half& way = half_from(from);
    way.bytes += bytes.size();
    way.messages += messages;
    way.sent = now.observed;
    counts_.bytes[index(direction_from(from))] += bytes.size();
    counts_.messages[index(direction_from(from))] += messages;
}

void session_core::on_event(leg from, const scan_step& step, std::span<const std::uint8_t> frame,
                            write_batch& batch, moment now) {
    std::array<std::uint8_t, max_control_payload_bytes> plain_bytes;
    const auto plain = [&] { return unmask(step.payload, step.key, plain_bytes); };
    switch (step.what) {
    case scan_step::event::ping: {
        if (pass_ping(from)) {
            forward(from, frame, 0, batch, now);
            break;
        }
        const auto payload = plain();
        queue_frame(from, opcode::pong,
                    {reinterpret_cast<const char*>(payload.data()), payload.size()}, now);
        break;
    }
    case scan_step::event::pong: {
        const auto payload = plain();
        if (passed_pings_ == 0 || !is_for_app(from, payload)) {
            on_pong(from, payload, now);
            break;
        }
        --passed_pings_;
        forward(from, frame, 0, batch, now);
        break;
    }
    case scan_step::event::close: {
        fill_gap(from, now); // answers to what came before
        const parsed_close parsed = parse_close(plain());
        if (parsed.error)
            on_violation(reason_of(from, *parsed.error), *parsed.error == close_error::bad_utf8,
                         to_string(*parsed.error), now);
        else
            perform(life_.on_close_frame(from, parsed.payload), now);
        break;
    }
    case scan_step::event::text:
        on_text(step, frame, batch, now);
        break;
    case scan_step::event::violation:
        fill_gap(from, now);
        on_violation(reason_of(from, step.why), step.why == violation::bad_utf8,
                     pulsegate::to_string(step.why), now);
        break;
    case scan_step::event::used_up:
    case scan_step::event::need_more:
        break;
    }
}

/// True for a ping of the application's that goes to its client: between two frames there as well.
bool session_core::pass_ping(leg from) {
    if (from != leg::app || rules_->heartbeat->app_pings != app_ping_rule::pass)
        return false;
    if (passed_pings_ < UINT8_MAX)
        ++passed_pings_;
    return true;
}

/// All but the answer to the gateway's last ping. A client that answers late may have one of those
/// passed on; RFC 6455 §5.5.3 allows a pong that nobody asked for.
bool session_core::is_for_app(leg from, std::span<const std::uint8_t> payload) const {
    std::uint64_t nonce = 0;
    if (from != leg::client || payload.size() != sizeof nonce)
        return from == leg::client;
    std::memcpy(&nonce, payload.data(), sizeof nonce);
    return !hearts_[index(leg::client)].awaits(nonce);
}

void session_core::on_pong(leg from, std::span<const std::uint8_t> payload, moment now) {
    if (hearts_[index(from)].take_answer())
        ++counts_.pongs_received[index(from)];
    std::uint64_t nonce = 0;
    if (payload.size() != sizeof nonce)
        return;
    std::memcpy(&nonce, payload.data(), sizeof nonce);
    const auto round_trip = hearts_[index(from)].on_pong(nonce, now);
    if (round_trip)
        progress_of(from).on_answered();
    if (round_trip && from == leg::client)
        counts_.ping_rtt.observe(*round_trip);
}

void session_core::on_text(const scan_step& step, std::span<const std::uint8_t> frame,
                           write_batch& batch, moment now) {
    const heartbeat_settings& settings = *rules_->heartbeat;
    std::array<std::uint8_t, max_control_payload_bytes> plain;
    const auto payload = unmask(step.payload, step.key, plain);
    const std::string text(payload.begin(), payload.end());
    if (settings.method != heartbeat_method::ping && text == settings.text_expect) {
        if (hearts_[index(leg::client)].take_answer())
            ++counts_.pongs_received[index(leg::client)];
        return progress_of(leg::client).on_answered();
    }
    const auto answer = settings.answer.find(text);
    if (answer == settings.answer.end()) {
        forward(leg::client, frame, 1, batch, now);
        return;
    }
    queue_frame(leg::client, opcode::text, answer->second, now);
}

// --- The rate of a client ---

/// Every frame makes work, whatever is in it; but the client does not choose how many pings it is
/// to answer.
void session_core::count_for_rate(leg from, const scan_step& step, bool is_frame_new, moment now) {
    const bool has_event =
        step.what != scan_step::event::used_up && step.what != scan_step::event::need_more;
    const bool is_owed = step.what == scan_step::event::pong &&
                         (hearts_[index(from)].awaits_answer() || passed_pings_ > 0);
    const unsigned frames =
        (is_frame_new && step.pass > 0 ? 1u : 0u) + (has_event && !is_owed ? 1u : 0u);
    rate_->rate.on_received(rules_->rate, frames, step.consumed, now.real);
}

/// True if nothing more may be taken from the client now; then the session ends, or it pauses.
bool session_core::is_over_rate(write_batch& batch, moment now) {
    const duration wait = rate_->rate.wait(now.real);
    if (wait == duration::zero())
        return false;
    batch.flush(); // what was allowed goes before a Close
    fill_gap(leg::client, now);
    if (rules_->rate.action == rate_action::close) {
        close(close_reason::rate_exceeded, now);
        return false; // what came before is still to be gone through
    }
    rate_->paused_until = now.real + wait;
    rate_->holds_input = true;
    is_due_new_ = true;
    return true;
}

/// Goes on with it, if the pause is over.
void session_core::take_held(moment now) {
    half& way = half_from(leg::client);
    if (way.waiting > 0 || (life_.is_open() && now.real < rate_->paused_until))
        return;
    rate_->holds_input = false;
    const std::vector<std::uint8_t> held(way.kept().begin(), way.kept().end());
    take_in(leg::client, held, now);
}

// --- The gateway's own frames ---

/// Sends what waits for `to`, as far as the frames that are being forwarded to it leave a gap now.
void session_core::write_own(leg to, moment now) {
    half& way = half_to(to);
    if (way.is_closed || life_.is_done(to))
        return;
    if (!way.has_gap()) {
        // The frame in hand can end no more if its sender is gone or broke the rules.
        const leg source = other(to);
        const bool is_stuck =
            life_.is_done(source) || life_.is_over(source) || life_.is_deaf_to(source);
        if (way.own.close && is_stuck && way.waiting == 0) {
            way.own = {};
            way.is_closed = true;
            perform(life_.on_stuck(to), now);
        }
        return;
    }
    if (way.waiting < most_waiting) {
        write_queued(to, way.own.pongs, now);
        if (std::exchange(way.own.ping, false))
            ping(to, now);
        if (way.scanner.is_between_messages())
            write_queued(to, way.own.texts, now);
    }
    if (way.own.close) {
        write_frame(to, make_close_frame(life_.farewell_to(to), key_for(to)).bytes(), now);
        way.own = {};
        way.is_closed = true;
    }
    after_write(to, now);
}

void session_core::ping(leg to, moment now) {
    const std::uint64_t nonce = orders_.random();
    std::array<std::uint8_t, sizeof nonce> payload;
    std::memcpy(payload.data(), &nonce, sizeof nonce);
    write_frame(to, short_frame(opcode::ping, payload, key_for(to)).bytes(), now);
    hearts_[index(to)].on_ping_sent(nonce, now);
    progress_of(to).on_asked(half_to(to).bytes);
    if (std::exchange(half_to(to).own.is_ping_late, false))
        progress_of(to).put_off(now.observed + rules_->rhythm_of(to).timeout);
    ++counts_.pings_sent[index(to)];
}

/// A pong, or a text, that leaves with the next gap.
void session_core::queue_frame(leg to, opcode code, std::string_view payload, moment now) {
    own_frames& own = half_to(to).own;
    auto& frames = code == opcode::pong ? own.pongs : own.texts;
    if (frames == nullptr)
        frames = std::make_unique<std::string>();
    const short_frame frame(code, as_bytes(payload), key_for(to));
    if (frames->size() + frame.bytes().size() > own_frames::most_queued) {
        fill_gap(to, now);
        frames = std::make_unique<std::string>();
    }
    frames->append(frame.bytes().begin(), frame.bytes().end());
}

void session_core::write_queued(leg to, std::unique_ptr<std::string>& frames, moment now) {
    if (const auto leaving = std::move(frames))
        write_frame(to, as_bytes(*leaving), now);
}

void session_core::write_frame(leg to, std::span<const std::uint8_t> frame, moment now) {
    const iovec part{const_cast<std::uint8_t*>(frame.data()), frame.size()};
    half& way = half_to(to);
    way.note_written(orders_.write(to, std::span(&part, 1)));
    way.sent = now.observed;
}

std::optional<masking_key> session_core::key_for(leg to) {
    if (to == leg::client)
        return std::nullopt; // RFC 6455 §5.1: a server masks nothing
    return masking_key(
        std::bit_cast<std::array<std::uint8_t, 4>>(static_cast<std::uint32_t>(orders_.random())));
}

void session_core::note_waiting(leg to, moment now) {
    half& way = half_to(to);
    count_pending();
    if (way.waiting > 0) {
        is_due_new_ |= progress_of(to).on_waiting(now);
        return;
    }
    progress_of(to).on_nothing_waits();
    const bool is_due = way.is_closed || (ending_ != nullptr && ending_->flushes[index(to)]);
    if (is_due && !way.is_broken && !life_.is_open() && !life_.is_told(to) && !life_.is_done(to)) {
        ending_->told[index(to)] = now.observed;
        perform(life_.on_told(to), now);
    }
}

void session_core::on_violation(close_reason why, bool is_bad_text, const char* detail,
                                moment now) {
    if (why == close_reason::app_protocol_error && is_bad_text)
        close(why, now, detail, not_utf8);
    else
        close(why, now, detail);
}

void session_core::count_pending() {
    std::uint64_t pending = std::uint64_t{halves_[0].waiting} + halves_[1].waiting;
    if (holds_input())
        pending += half_from(leg::client).kept().size();
    counts_.pending_bytes += pending - pending_counted_;
    pending_counted_ = pending;
}

} // namespace pulsegate
