// How rules about one heartbeat report: they mark what this heartbeat sets itself, and explain with
// what it inherits. Pure.
#pragma once

#include "config/provenance.hpp"
#include "session/heartbeat_settings.hpp"

#include <array>
#include <span>
#include <string>
#include <utility>

namespace pulsegate {

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
