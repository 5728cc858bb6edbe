// The heartbeats of one leg: when to ping, and how long a round trip takes. Whether its peer is
// still there is the question of progress.hpp. Pure; owner: the session's worker.
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
    heartbeat(moment now, duration first_phase) : next_beat_(now.real + first_phase) {}

    /// A ping with this payload was written.
    void on_ping_sent(std::uint64_t nonce, moment now);

    /// True if a pong with this payload answers the last ping.
    [[nodiscard]] bool awaits(std::uint64_t nonce) const { return awaits_pong_ && nonce == nonce_; }

    /// A pong came. Gives the round trip if it answers the last ping; any other pong is a sign of
    /// life, no more.
    std::optional<duration> on_pong(std::uint64_t nonce, moment now);

    /// A text heartbeat was written.
    void on_text_sent() { ++unanswered_; }

    /// Whether there are heartbeats that an answer may still come for. Each has one.
    [[nodiscard]] bool awaits_answer() const { return unanswered_ > 0; }

    /// Takes a pong, or an answering text, as the answer to one of them. False if there is none.
    bool take_answer() { return unanswered_ > 0 && unanswered_-- > 0; }

    /// The rhythm changes: the next beat comes no later than after `first_phase`, random in
    /// (0, interval].
    void on_new_rhythm(moment now, duration first_phase) {
        next_beat_ = std::min(next_beat_, now.real + first_phase);
    }

    struct beat {
        bool ping = false; // send a native ping
        bool text = false; // send the text heartbeat
    };

    /// Says what is due now, and counts it as done.
    [[nodiscard]] beat on_due(const heartbeat_rhythm& rhythm, moment now);

    /// The real time at which on_due() next has something to say.
    [[nodiscard]] time_point next_due() const { return next_beat_; }

    /// How long the last ping has been waiting for its answer, in real time; zero if it has one.
    [[nodiscard]] duration unanswered(moment now) const {
        return awaits_pong_ ? now.real - pinged_ : duration::zero();
    }

    /// The last round trip that was measured.
    [[nodiscard]] std::optional<duration> last_round_trip() const;

private:
    time_point next_beat_; // real time
    time_point pinged_{};  // real time of the ping that `nonce_` went out with
    std::uint64_t nonce_ = 0;
    duration round_trip_{-1};      // negative: none yet
    std::uint32_t unanswered_ = 0; // heartbeats that an answer may come for
    bool awaits_pong_ = false;
};

} // namespace pulsegate
