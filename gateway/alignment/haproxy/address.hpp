// The address of a `server`: configuration.txt sections 5.2 and 11. Pure: names are not resolved.
#pragma once

#include "config/configuration.hpp"

#include <optional>
#include <string_view>

namespace pulsegate {

/// Reads `127.0.0.1:8081`, `[::1]:8081`, `::1:8081`, `localhost:8081`, `ipv4@…`, `unix@/path` and
/// `/path`. Nothing for an address without a port of its own (HAProxy then takes the one that the
/// client used) and for a family that leads to no listener of the gateway.
[[nodiscard]] std::optional<socket_address> parse_haproxy_address(std::string_view text);

} // namespace pulsegate
