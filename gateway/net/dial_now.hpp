// One connection to an application that is made only to see whether it can be, as `check --connect`
// does; a running gateway never waits like this.
#pragma once

#include "config/configuration.hpp"

#include <string>

namespace pulsegate {

/// Resolves the name and connects, by every address of it, for three seconds each; blocks.
/// \return why nobody can connect now: `Connection refused`; "" if one can.
[[nodiscard]] std::string dial_now(const tcp_address& to);

} // namespace pulsegate
