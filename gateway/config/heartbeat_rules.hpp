// Where a heartbeat's values come from, a route's own, the common ones or the defaults, and how
// rules report about one heartbeat: they mark what it sets itself, and explain with what it
// inherits. Pure.
#pragma once

#include "config/reading.hpp"
#include "session/heartbeat_settings.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pulsegate {

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
