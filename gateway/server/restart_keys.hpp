// What of a configuration cannot change while the gateway runs. Pure.
#pragma once

#include "config/configuration.hpp"

#include <string_view>
#include <vector>

namespace pulsegate {

/// The keys whose values differ and take a restart, as they are written in gateway.yaml.
[[nodiscard]] std::vector<std::string_view> changed_restart_keys(const configuration& running,
                                                                 const configuration& wanted);

/// The wanted configuration, with the running values of those keys.
[[nodiscard]] configuration without_restart_keys(const configuration& running,
                                                 configuration wanted);

} // namespace pulsegate
