#include "session/heartbeat.hpp"

#include <algorithm>

namespace pulsegate {

void heartbeat::on_ping_sent(std::uint64_t nonce, moment now) {
    nonce_ = nonce;
    pinged_ = now.real;
    awaits_pong_ = true;
}

std::optional<duration> heartbeat::on_pong(std::uint64_t nonce, moment now) {
    if (!awaits_pong_ || nonce != nonce_)
        return std::nullopt;
    awaits_pong_ = false;
    round_trip_ = now.real - pinged_;
    return round_trip_;
}

heartbeat::beat heartbeat::on_due(const heartbeat_rhythm& rhythm, moment now) {
    beat result;
    result.silent = idle(now) >= rhythm.timeout;
    if (now.real < next_beat_)
        return result;
    // Beats keep their phase; after a stall the missed ones are not made up for.
    next_beat_ += rhythm.interval;
    if (next_beat_ <= now.real)
        next_beat_ = now.real + rhythm.interval;
    result.ping = rhythm.method != heartbeat_method::text;
    result.text = rhythm.method == heartbeat_method::text ||
                  (rhythm.method == heartbeat_method::ping_then_text && awaits_pong_);
    return result;
}

time_point heartbeat::next_due(const heartbeat_rhythm& rhythm, moment now) const {
    return std::min(next_beat_, now.real + (rhythm.timeout - idle(now)));
}

std::optional<duration> heartbeat::last_round_trip() const {
    if (round_trip_ < duration::zero())
        return std::nullopt;
    return round_trip_;
}

} // namespace pulsegate
