// The heartbeat of one leg: when to ping, whether its peer is still alive, how long a round trip
// takes. Pure; owner: the session's worker.
#pragma once

#include "base/time.hpp"
#include "session/heartbeat_settings.hpp"
#include "session/observed_clock.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace pulsegate {

/// What a heartbeat is to do for one leg; a route's settings, or a part of them for the app leg.
struct heartbeat_rhythm {
    duration interval;
    duration timeout;
    heartbeat_method method = heartbeat_method::ping;
    friend bool operator==(const heartbeat_rhythm&, const heartbeat_rhythm&) = default;
};

[[nodiscard]] inline heartbeat_rhythm client_rhythm(const heartbeat_settings& settings) {
    return {settings.interval, settings.timeout, settings.method};
}

/// Applications are always pinged natively: every WebSocket server answers that by itself.
[[nodiscard]] inline heartbeat_rhythm app_rhythm(const heartbeat_settings& settings) {
    return {settings.interval, settings.timeout, heartbeat_method::ping};
}

class heartbeat {
public:
    /// \param first_phase  time to the first beat, random in (0, interval], so that clients which
    ///                     reconnect together do not beat together.
    heartbeat(moment now, duration first_phase)
        : heard_(now.observed), next_beat_(now.real + first_phase) {}

    /// Bytes came from the peer, whatever they were.
    void on_received(moment now) { heard_ = now.observed; }

    /// A ping with this payload was written.
    void on_ping_sent(std::uint64_t nonce, moment now);

    /// A pong came. Gives the round trip if it answers the last ping; any other pong is a sign of
    /// life, no more.
    std::optional<duration> on_pong(std::uint64_t nonce, moment now);

    /// The rhythm changes. The peer could not know of it: a silence that was fine until now is held
    /// against it only after a whole new timeout, or when the old one would have ended. It is
    /// pinged no later than after `first_phase`, random in (0, interval].
    void on_new_rhythm(const heartbeat_rhythm& before, const heartbeat_rhythm& after, moment now,
                       duration first_phase);

    struct beat {
        bool ping = false;   // send a native ping
        bool text = false;   // send the text heartbeat
        bool silent = false; // the peer sent nothing for the timeout
    };

    /// Says what is due now, and counts it as done. `silent` stays due until something is received.
    [[nodiscard]] beat on_due(const heartbeat_rhythm& rhythm, moment now);

    /// The real time at which on_due() may next have something to say, if nothing is received until
    /// then.
    [[nodiscard]] time_point next_due(const heartbeat_rhythm& rhythm, moment now) const;

    /// How long the peer has been silent, in observed time.
    [[nodiscard]] duration idle(moment now) const { return now.observed - heard_; }

    /// How long the last ping has been waiting for its answer, in real time; zero if it has one.
    [[nodiscard]] duration unanswered(moment now) const {
        return awaits_pong_ ? now.real - pinged_ : duration::zero();
    }

    /// The last round trip that was measured.
    [[nodiscard]] std::optional<duration> last_round_trip() const;

private:
    /// In observed time, if nothing is received until then.
    [[nodiscard]] time_point silent_at(duration timeout) const {
        return std::max(heard_ + timeout, not_before_);
    }

    time_point heard_;                          // observed time
    time_point not_before_ = time_point::min(); // observed time; no silence counts before
    time_point next_beat_;                      // real time
    time_point pinged_{};                       // real time of the ping that `nonce_` went out with
    std::uint64_t nonce_ = 0;
    duration round_trip_{-1}; // negative: none yet
    bool awaits_pong_ = false;
};

} // namespace pulsegate
