// session: the gateway's own frames, and what a leg did not take at once.
#include "net/session.hpp"

#include "base/bytes.hpp"
#include "base/random.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace pulsegate {
namespace {

constexpr std::size_t most_queued = 4 * 1024; // own frames of a kind, for one leg

} // namespace

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
        write_queued(to, out.own.pongs, now);
        if (std::exchange(out.own.ping, false))
            ping(to, now);
        if (source.scanner.is_between_messages())
            write_queued(to, out.own.texts, now);
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

void session::ping(leg to, moment now) {
    const std::uint64_t nonce = random_u64();
    std::array<std::uint8_t, sizeof nonce> payload;
    std::memcpy(payload.data(), &nonce, sizeof nonce);
    side& out = at(to);
    out.io.write(short_frame(opcode::ping, payload, key_for(to)).bytes());
    out.sent = now.observed;
    out.heart.on_ping_sent(nonce, now);
    ++worker_.count.pings_sent[static_cast<std::size_t>(to)];
}

/// A pong, or a text, that leaves with the next gap. Where a peer asks for more answers than fit
/// into `most_queued` before there is one, only the last is given; for pings RFC 6455 §5.5.3 allows
/// that.
void session::queue_frame(leg to, opcode code, std::string_view payload, moment now) {
    own_frames& own = at(to).own;
    auto& frames = code == opcode::pong ? own.pongs : own.texts;
    if (frames == nullptr)
        frames = std::make_unique<std::string>();
    const short_frame frame(code, as_bytes(payload), key_for(to));
    if (frames->size() + frame.bytes().size() > most_queued) {
        fill_gap(to, now);
        frames = std::make_unique<std::string>();
    }
    frames->append(frame.bytes().begin(), frame.bytes().end());
}

void session::write_queued(leg to, std::unique_ptr<std::string>& frames, moment now) {
    const auto leaving = std::move(frames);
    if (leaving == nullptr)
        return;
    side& out = at(to);
    out.io.write(as_bytes(*leaving));
    out.sent = now.observed;
}

std::optional<masking_key> session::key_for(leg to) {
    if (to == leg::client)
        return std::nullopt; // RFC 6455 §5.1: a server masks nothing
    return masking_key(std::bit_cast<std::array<std::uint8_t, 4>>(random_u32()));
}

/// To be called after every write to `to`.
void session::after_write(leg to, moment now) {
    side& out = at(to);
    count_pending();
    if (out.io.pending_bytes() > 0) {
        if (out.stalled_since == time_point{}) {
            out.stalled_since = now.observed;
            arm(now);
        }
        return;
    }
    out.stalled_since = {};
    if (out.close_written && !out.close_reported && !out.io.is_broken() && !out.io.is_cut()) {
        out.close_reported = true;
        perform(lifecycle_.on_close_sent(to, now.real), now);
    }
}

void session::on_writable(leg to, moment now) {
    side& out = at(to);
    if (out.io.flush() > 0)
        out.stalled_since = now.observed;
    fill_gap(to, now);
    after_write(to, now);
}

/// Has each socket watched for what the session can use now. To be called at the end of whatever
/// may have changed it.
void session::watch(moment now) {
    for (const leg which : {leg::client, leg::app}) {
        side& one = at(which);
        if (one.io.is_cut())
            continue;
        const std::uint32_t wanted =
            (may_read(which) ? EPOLLIN : 0u) | (one.io.pending_bytes() > 0 ? EPOLLOUT : 0u);
        if (!one.io.watch_changes(one, wanted)) {
            perform(lifecycle_.on_end(which, now.real), now);
            return watch(now);
        }
    }
}

void session::count_pending() {
    std::uint64_t pending = client_.io.pending_bytes() + app_.io.pending_bytes();
    if (holds_input())
        pending += client_.kept.size();
    worker_.count.pending_bytes += pending - pending_counted_;
    pending_counted_ = pending;
}

} // namespace pulsegate
