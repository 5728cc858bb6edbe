// Rules over several keys of a configuration that was read, and what rules about heartbeats have in
// common, here and in alignment/: where a value comes from, and how it is blamed. Pure.
#pragma once

#include "config/configuration.hpp"
#include "config/reading.hpp"
#include "session/heartbeat_settings.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pulsegate {

/// Reports what does not fit together. Values that could not be read are left out: their own
/// diagnostic is enough.
void check_rules(reading& in, const configuration& values);

/// The rules of one heartbeat.
/// \param path  `heartbeat`, or `routes[0].heartbeat`, which inherits from it: then only keys that
///              the route sets are blamed.
void check_heartbeat(reading& in, const std::string& path, const heartbeat_settings& values);

/// That `tls` of a route has a `wss://` upstream, and a certificate its key.
void check_app_tls(reading& in, const configuration& values);

/// That no upstream is one of the gateway's own listeners.
void check_upstreams(reading& in, const configuration& values);

/// That each proxy is described in one way, and that reports can tell them apart.
void check_proxies(reading& in, const configuration& values);

/// Where a heartbeat's value comes from: a route's own, the common one, or the default.
struct provenance {
    const origin* at = nullptr; // null: the default
    bool is_own = false;        // set in this heartbeat, not inherited
    bool is_good = true;        // the value could be used
};

/// \param path  the heartbeat: `heartbeat`, or `routes[0].heartbeat`, which inherits from it.
/// \param name  a key in it: `interval`, `text.expect`.
[[nodiscard]] provenance find_heartbeat_value(const origin_map& origins, const std::string& path,
                                              std::string_view name);

/// A value with what is said about it.
using blamed_value = std::pair<provenance, std::string>;

/// Marks the first of `values` that this heartbeat sets itself; the others explain it. One of them
/// has to be its own.
[[nodiscard]] diagnostic blame(diagnostic_code id, std::string message, std::string help,
                               std::span<const blamed_value> values);

/// What is said about timeout and interval, in this order. A default has no place in the file to
/// show, so the other one tells both.
[[nodiscard]] std::array<blamed_value, 2> timing_parts(const provenance& interval,
                                                       const provenance& timeout,
                                                       const heartbeat_settings& values);

} // namespace pulsegate
