// session: reading from a leg and forwarding to the other one.
#include "net/session.hpp"

#include "base/assert.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

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

void session::read(leg from) {
    side& in = at(from);
    if (in.is_reading || in.io.is_cut())
        return;
    if (forwards(from) && at(other(from)).io.pending_bytes() > 0)
        return; // back-pressure: read on when the other leg has taken what waits for it
    in.is_reading = true;
    in.io.socket().async_read_some(
        asio::buffer(in.buffer.data() + in.kept, in.buffer.size() - in.kept),
        [self = operation(*this), from](error_code error, std::size_t received) {
            self->on_read(from, error, received);
        });
}

void session::on_read(leg from, error_code error, std::size_t received) {
    side& in = at(from);
    if (in.io.is_cut())
        return;
    const moment now = worker_.now();
    if (error) {
        in.is_reading = false;
        perform(lifecycle_.on_end(from, now.real), now);
        return;
    }
    in.heart.on_received(now);

    write_batch batch(at(other(from)).io);
    const std::size_t filled = in.kept + received;
    auto rest = relay(from, std::span(in.buffer).first(filled), batch, now);
    if (filled == in.buffer.size() && !in.io.is_cut()) {
        // There may be more than the small buffer holds: the rest goes through the worker's large
        // one, so that everything leaves with one write and an idle session needs no large buffer
        // of its own.
        const auto room = worker_.read_buffer();
        std::uint8_t* const start = room.data() - rest.size();
        std::copy(rest.begin(), rest.end(), start);
        const std::size_t more = in.io.read_now(room);
        rest = relay(from, {start, rest.size() + more}, batch, now);
    }
    batch.flush();
    keep(from, rest);
    after_write(other(from), now);
    in.is_reading = false; // not earlier: another read would overwrite what is being looked at
    read(from);
}

void session::keep(leg from, std::span<const std::uint8_t> rest) {
    PULSEGATE_ASSERT(rest.size() <= max_unscanned_bytes);
    side& in = at(from);
    std::copy(rest.begin(), rest.end(), in.buffer.begin()); // at most moves to the front
    in.kept = static_cast<std::uint8_t>(rest.size());
}

/// Returns the end of `bytes` that has to be seen again with more behind it.
std::span<const std::uint8_t> session::relay(leg from, std::span<const std::uint8_t> bytes,
                                             write_batch& batch, moment now) {
    side& in = at(from);
    side& out = at(other(from));
    while (!bytes.empty() && !in.io.is_cut() && !lifecycle_.is_deaf_to(from)) {
        const auto most =
            out.own.any() ? frame_scanner::extent::frame : frame_scanner::extent::input;
        const scan_step step = in.scanner.scan(bytes, most);
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
        in.own.pong = std::make_unique<std::string>(payload.begin(), payload.end());
        fill_gap(from, now);
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
    client_.own.text = std::make_unique<std::string>(answer->second);
    fill_gap(leg::client, now);
}

} // namespace pulsegate
