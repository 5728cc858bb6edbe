// The heartbeat of each route, and what the gateway guarantees by it to the proxies in front: how
// long a healthy connection can be quiet, and when a dead one is gone. Computed here and nowhere
// else. Pure.
#pragma once

#include "alignment/hop.hpp"
#include "base/time.hpp"
#include "config/loader.hpp"
#include "config/rules.hpp"
#include "session/heartbeat_settings.hpp"
#include "session/lifecycle.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// How late a ping's answer may come and still be healthy: the way to the client and back, a lost
/// segment that is sent again, a phone that wakes up.
inline constexpr milliseconds round_trip_allowance{5'000};

/// The slack under a limit that lets operators sleep: less is worth a warning.
inline constexpr milliseconds wanted_slack{10'000};

/// What a heartbeat guarantees at worst.
struct quiet_times {
    /// The longest time without a byte towards a client.
    milliseconds to_client{0};
    /// The longest time without a byte from a client that is alive.
    milliseconds from_client{0};
    /// The longest time without a byte of an event stream, for a proxy that reads it: as with a
    /// ping, a segment may be lost on the way.
    milliseconds stream{0};
    /// From the last byte of a client that died until its connection is closed.
    milliseconds eviction_end{0};
};

/// How old a session can become that is asked to go at `session_age`: the goodbyes are spread over
/// the drain window, and each side may take its time to answer, the application first.
[[nodiscard]] constexpr milliseconds oldest_session(milliseconds session_age,
                                                    milliseconds drain_window) {
    return session_age + drain_window + 2 * lifecycle::close_wait;
}

[[nodiscard]] quiet_times quiet_times_of(const heartbeat_settings& heartbeat);

/// As the rules see it: its figures, and where they come from.
struct route_heartbeat {
    std::string path;       // of its keys: `heartbeat`, or `routes[0].heartbeat`
    std::string route_path; // `/edit`
    heartbeat_settings settings;
    close_payload goodbye; // of an evicted client
    quiet_times worst;
    provenance interval;
    provenance timeout;
    bool passes_http = false;          // plain requests too, and there is an application for them
    milliseconds answer{0};            // how long that may take until its answer begins
    const origin* answer_at = nullptr; // null: the default
};

/// One for each route, in their order. They point into `loaded`, which outlives them.
[[nodiscard]] std::vector<route_heartbeat> route_heartbeats_of(const load_result& loaded);

/// Those whose connections a limit concerns, of plain HTTP only those that pass it: of a location
/// for `/ws/`, the route `/ws/chat` and the longest route that `/ws/` itself belongs to.
[[nodiscard]] std::vector<const route_heartbeat*>
heartbeats_under(const limit& which, const std::vector<route_heartbeat>& heartbeats);

/// How long such a connection may be quiet, as this limit of idleness or silence counts it.
[[nodiscard]] milliseconds quiet_time(const limit& idle, const quiet_times& worst);

/// What this limit leaves after that; negative: it cuts healthy connections.
[[nodiscard]] milliseconds slack_under(const limit& idle, const route_heartbeat& of);

} // namespace pulsegate
