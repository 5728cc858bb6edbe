// session: reading from a leg and forwarding to the other one.
#include "net/session.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

// What may wait for a leg before nothing is read for it any more: its peer may be slow for a moment
// while the other one's pings want their answers.
constexpr std::size_t read_ahead = 64 * 1024;

// Of one leg in a turn, before others get theirs.
constexpr int most_reads = 4;

direction direction_from(leg from) {
    return from == leg::client ? direction::client_to_app : direction::app_to_client;
}

template <class Enum>
constexpr std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

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

/// Of a step that went through one frame at most: a ping makes work like a message. The client does
/// not choose how many pongs it sends.
std::uint64_t messages_of(const scan_step& step) {
    const bool is_one_more =
        step.what == scan_step::event::ping || step.what == scan_step::event::text;
    return step.messages + (is_one_more ? 1 : 0);
}

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

bool session::forwards(leg from) {
    // A frame that is half forwarded is finished even after its direction has ended: the Close
    // frame that waits for the gap behind it could not be sent otherwise.
    return lifecycle_.may_forward(from) ||
           (!lifecycle_.is_deaf_to(from) && at(other(from)).own.close);
}

void session::on_ready(leg which, std::uint32_t events) {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    at(which).io.note(events);
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 && at(which).io.pending_bytes() > 0)
        on_writable(which, now);
    constexpr std::uint32_t readable = EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP;
    if ((events & readable) != 0) {
        for (int i = 0; i < most_reads && may_read(which) && receive(which, now); ++i)
            ;
    }
    resume(now);
    watch(now);
}

/// Back-pressure: little more is read while the other leg does not take what was read before.
bool session::may_read(leg from) {
    if (at(from).io.is_cut() || (from == leg::client && holds_input()))
        return false;
    return !forwards(from) || at(other(from)).io.pending_bytes() < read_ahead;
}

/// Reads once. Returns whether there may be more now.
bool session::receive(leg from, moment now) {
    side& in = at(from);
    const auto room = worker_.read_buffer();
    const auto received = in.io.read(room);
    if (in.io.pending_bytes() > 0)
        after_write(from, now); // TLS answers its peer by itself
    if (received.bytes > 0)
        take(from, room.first(received.bytes), now);
    const bool is_held = from == leg::client && holds_input();
    if (received.is_over && !in.io.is_cut() && !is_held)
        perform(lifecycle_.on_end(from, now.real), now);
    return received.may_be_more;
}

/// \param bytes  at the beginning of the worker's buffer.
void session::take(leg from, std::span<std::uint8_t> bytes, moment now) {
    side& in = at(from);
    in.heart.on_received(now);
    PULSEGATE_ASSERT(in.kept.size() <= max_unscanned_bytes);
    std::uint8_t* const start = bytes.data() - in.kept.size();
    std::copy(in.kept.begin(), in.kept.end(), start);
    take_in(from, {start, in.kept.size() + bytes.size()}, now);
}

void session::take_in(leg from, std::span<const std::uint8_t> bytes, moment now) {
    write_batch batch(at(other(from)).io);
    const auto rest = relay(from, bytes, batch, now);
    batch.flush();
    keep(from, rest);
    after_write(other(from), now);
    fill_gap(from, now); // answers to what came
}

void session::keep(leg from, std::span<const std::uint8_t> rest) {
    at(from).kept.assign(rest.begin(), rest.end());
}

bool session::is_rated(leg from) const {
    return rate_ != nullptr && from == leg::client && lifecycle_.is_open();
}

/// True if nothing more may be taken from the client now; then the session ends, or it pauses.
bool session::is_over_rate(write_batch& batch, moment now) {
    const duration wait = rate_->rate.wait(now.real);
    if (wait == duration::zero())
        return false;
    batch.flush(); // what was allowed goes before a Close
    fill_gap(leg::client, now);
    if (my_route().rate.action == rate_action::close) {
        close(close_reason::rate_exceeded, now);
        return false; // what came before is still to be gone through
    }
    rate_->paused_until = now.real + wait;
    rate_->holds_input = true;
    arm(now);
    return true;
}

/// Goes on with what was read when a pause began, once that is over.
void session::resume(moment now) {
    if (!holds_input() || app_.io.pending_bytes() > 0 ||
        (lifecycle_.is_open() && now.real < rate_->paused_until))
        return;
    rate_->holds_input = false;
    const auto held = std::move(client_.kept);
    take_in(leg::client, held, now);
    arm(now);
}

/// Returns the end of `bytes` that has to be seen again with more behind it.
std::span<const std::uint8_t> session::relay(leg from, std::span<const std::uint8_t> bytes,
                                             write_batch& batch, moment now) {
    side& in = at(from);
    side& out = at(other(from));
    while (!bytes.empty() && !in.io.is_cut() && !lifecycle_.is_deaf_to(from)) {
        const bool rated = is_rated(from);
        if (rated && is_over_rate(batch, now))
            return bytes;
        const auto most =
            out.own.any() || rated ? frame_scanner::extent::frame : frame_scanner::extent::input;
        const scan_step step = in.scanner.scan(bytes, most);
        if (rated)
            rate_->rate.on_received(my_route().rate, messages_of(step), step.consumed, now.real);
        forward(from, bytes.first(step.pass), step.messages, batch, now);
        if (step.what == scan_step::event::need_more)
            return bytes.subspan(step.consumed);
        if (step.what != scan_step::event::used_up) {
            batch.flush(); // an event may write to either leg
            on_event(from, step, bytes.subspan(step.pass, step.consumed - step.pass), batch, now);
        }
        bytes = bytes.subspan(step.consumed);
        if (out.own.any() && in.scanner.is_between_frames()) {
            batch.flush();
            fill_gap(other(from), now);
        }
    }
    return {};
}

void session::forward(leg from, std::span<const std::uint8_t> bytes, std::uint64_t messages,
                      write_batch& batch, moment now) {
    if (bytes.empty() || !forwards(from))
        return;
    batch.add(bytes);
    side& in = at(from);
    in.bytes += bytes.size();
    in.messages += messages;
    at(other(from)).sent = now.observed;
    worker_.count.bytes[index(direction_from(from))] += bytes.size();
    worker_.count.messages[index(direction_from(from))] += messages;
}

void session::on_event(leg from, const scan_step& step, std::span<const std::uint8_t> frame,
                       write_batch& batch, moment now) {
    side& in = at(from);
    std::array<std::uint8_t, max_control_payload_bytes> plain_bytes;
    const auto plain = [&] { return unmask(step.payload, step.key, plain_bytes); };
    switch (step.what) {
    case scan_step::event::ping: {
        const auto payload = plain();
        queue_frame(from, opcode::pong,
                    {reinterpret_cast<const char*>(payload.data()), payload.size()}, now);
        break;
    }
    case scan_step::event::pong: {
        ++worker_.count.pongs_received[index(from)];
        const auto payload = plain();
        std::uint64_t nonce = 0;
        if (payload.size() != sizeof nonce)
            break;
        std::copy(payload.begin(), payload.end(), reinterpret_cast<std::uint8_t*>(&nonce));
        const auto round_trip = in.heart.on_pong(nonce, now);
        if (round_trip && from == leg::client)
            worker_.count.ping_rtt.observe(*round_trip);
        break;
    }
    case scan_step::event::close: {
        fill_gap(from, now); // answers to what came before
        const parsed_close parsed = parse_close(plain());
        if (parsed.error)
            close(reason_of(from, *parsed.error), now, to_string(*parsed.error));
        else
            perform(lifecycle_.on_close_frame(from, parsed.payload, now.real), now);
        break;
    }
    case scan_step::event::text:
        on_text(step, frame, batch, now);
        break;
    case scan_step::event::violation:
        fill_gap(from, now);
        close(reason_of(from, step.why), now, pulsegate::to_string(step.why));
        break;
    case scan_step::event::used_up:
    case scan_step::event::need_more:
        break;
    }
}

void session::on_text(const scan_step& step, std::span<const std::uint8_t> frame,
                      write_batch& batch, moment now) {
    const heartbeat_settings& settings = my_route().heartbeat;
    std::array<std::uint8_t, max_control_payload_bytes> plain;
    const auto payload = unmask(step.payload, step.key, plain);
    const std::string text(payload.begin(), payload.end());
    if (settings.method != heartbeat_method::ping && text == settings.text_expect)
        return;
    const auto answer = settings.answer.find(text);
    if (answer == settings.answer.end()) {
        forward(leg::client, frame, 1, batch, now);
        return;
    }
    queue_frame(leg::client, opcode::text, answer->second, now);
}

} // namespace pulsegate
