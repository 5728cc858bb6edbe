// Whether the applications of a configuration can be reached, asked of the network when a user
// wants it. Pure but for the function that asks.
#pragma once

#include "config/loader.hpp"

#include <functional>
#include <string>
#include <vector>

namespace pulsegate {

/// Why nobody can connect to an address now: `connection refused`; "" if one can.
using app_dial = std::function<std::string(const tcp_address&)>;

/// \param loaded  a configuration without errors. Each address is dialled once.
[[nodiscard]] std::vector<diagnostic> check_apps(const load_result& loaded, const app_dial& dial);

} // namespace pulsegate
