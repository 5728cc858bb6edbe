#include "session/heartbeat.hpp"

namespace pulsegate {

void heartbeat::on_ping_sent(std::uint64_t nonce, moment now) {
    nonce_ = nonce;
    pinged_ = now.real;
    awaits_pong_ = true;
    ++unanswered_;
}

std::optional<duration> heartbeat::on_pong(std::uint64_t nonce, moment now) {
    if (!awaits(nonce))
        return std::nullopt;
    awaits_pong_ = false;
    round_trip_ = now.real - pinged_;
    return round_trip_;
}

heartbeat::beat heartbeat::on_due(const heartbeat_rhythm& rhythm, moment now) {
    beat result;
    if (now.real < next_beat_)
        return result;
    // Beats keep their phase, also after a stall, or all sessions of a worker would beat together
    // from then on. Missed beats are not made up for.
    next_beat_ += ((now.real - next_beat_) / rhythm.interval + 1) * rhythm.interval;
    // A beat is late by up to a tick, and by more behind a stall: less than half an interval after
    // the ping it is too early to miss the pong.
    const bool has_no_answer = awaits_pong_ && now.real - pinged_ >= rhythm.interval / 2;
    result.ping = rhythm.method != heartbeat_method::text;
    result.text = rhythm.method == heartbeat_method::text ||
                  (rhythm.method == heartbeat_method::ping_then_text && has_no_answer);
    return result;
}

std::optional<duration> heartbeat::last_round_trip() const {
    if (round_trip_ < duration::zero())
        return std::nullopt;
    return round_trip_;
}

} // namespace pulsegate
