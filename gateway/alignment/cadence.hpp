// What the gateway guarantees to the proxies in front: how long a healthy connection can be quiet,
// and when a dead one is gone. Computed here and nowhere else. Pure.
#pragma once

#include "base/time.hpp"
#include "session/heartbeat_settings.hpp"
#include "session/lifecycle.hpp"

namespace pulsegate {

/// How late a ping's answer may come and still be healthy: the way to the client and back, a lost
/// segment that is sent again, a phone that wakes up.
inline constexpr milliseconds round_trip_allowance{5'000};

/// The slack under a limit that lets operators sleep: less is worth a warning.
inline constexpr milliseconds wanted_slack{10'000};

struct cadence {
    /// The longest time without a byte towards a client.
    milliseconds to_client{0};
    /// The longest time without a byte from a client that is alive.
    milliseconds from_client{0};
    /// From the last byte of a client that died until its connection is closed.
    milliseconds eviction_end{0};
};

/// How old a session can become that is asked to go at `session_age`: the goodbyes are spread over
/// the drain window, and each side may take its time to answer, the application first.
[[nodiscard]] constexpr milliseconds oldest_session(milliseconds session_age,
                                                    milliseconds drain_window) {
    return session_age + drain_window + 2 * lifecycle::close_wait;
}

[[nodiscard]] cadence cadence_of(const heartbeat_settings& heartbeat);

} // namespace pulsegate
