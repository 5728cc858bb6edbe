// session: the gateway's own frames, and what a leg did not take at once.
#include "net/session.hpp"

#include "base/random.hpp"

#include <bit>

namespace pulsegate {

/// Sends what waits for `to`, as far as the frames that are being forwarded to it leave a gap now.
void session::fill_gap(leg to, moment now) {
    side& out = at(to);
    if (!out.own.any() || out.io.is_cut() || out.close_written)
        return;
    const side& source = at(other(to));
    if (!source.scanner.is_between_frames()) {
        // The frame in hand can end no more if its sender is gone or broke the rules.
        const bool is_stuck = source.io.is_cut() || lifecycle_.is_deaf_to(other(to));
        if (out.own.close && is_stuck)
            perform(lifecycle_.on_end(to, now.real), now);
        return;
    }
    if (out.io.pending_bytes() == 0) {
        if (const auto pong = std::move(out.own.pong))
            write_frame(to, opcode::pong, *pong, now);
        if (out.own.ping) {
            const std::uint64_t nonce = random_u64();
            write_frame(to, opcode::ping, {reinterpret_cast<const char*>(&nonce), sizeof nonce},
                        now);
            out.own.ping = false;
            out.heart.on_ping_sent(nonce, now);
            ++worker_.count.pings_sent[static_cast<std::size_t>(to)];
        }
        if (out.own.text != nullptr && source.scanner.is_between_messages()) {
            const auto text = std::move(out.own.text);
            write_frame(to, opcode::text, *text, now);
        }
    }
    if (out.own.close) {
        const auto frame = make_close_frame(lifecycle_.farewell_to(to), key_for(to));
        out.io.write(frame.bytes());
        out.sent = now.observed;
        out.own = {};
        out.close_written = true;
    }
    after_write(to, now);
}

void session::write_frame(leg to, opcode code, std::string_view payload, moment now) {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size());
    side& out = at(to);
    out.io.write(short_frame(code, bytes, key_for(to)).bytes());
    out.sent = now.observed;
}

std::optional<masking_key> session::key_for(leg to) {
    if (to == leg::client)
        return std::nullopt; // RFC 6455 §5.1: a server masks nothing
    return masking_key(std::bit_cast<std::array<std::uint8_t, 4>>(random_u32()));
}

/// To be called after every write to `to`: waits for room if something was left over.
void session::after_write(leg to, moment now) {
    side& out = at(to);
    count_pending();
    if (out.io.pending_bytes() == 0) {
        if (out.close_written && !out.close_reported && !out.io.is_broken() && !out.io.is_cut()) {
            out.close_reported = true;
            perform(lifecycle_.on_close_sent(to, now.real), now);
        }
        return;
    }
    if (out.is_flushing)
        return;
    out.is_flushing = true;
    if (out.stalled_since == time_point{}) {
        out.stalled_since = now.observed;
        arm(now);
    }
    out.io.socket().async_wait(
        stream_socket::wait_write,
        [self = operation(*this), to](error_code) { self->on_writable(to); });
}

void session::on_writable(leg to) {
    side& out = at(to);
    out.is_flushing = false;
    if (out.io.is_cut())
        return;
    const moment now = worker_.now();
    const std::size_t flushed = out.io.flush();
    if (out.io.pending_bytes() == 0)
        out.stalled_since = {};
    else if (flushed > 0)
        out.stalled_since = now.observed;
    fill_gap(to, now);
    after_write(to, now);
    read(other(to));
}

void session::count_pending() {
    const std::uint64_t pending = client_.io.pending_bytes() + app_.io.pending_bytes();
    worker_.count.pending_bytes += pending - pending_counted_;
    pending_counted_ = pending;
}

} // namespace pulsegate
