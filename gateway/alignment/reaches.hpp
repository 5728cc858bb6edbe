// Whether a connection that a proxy opens ends at one of the gateway's listeners. Pure: names are
// not resolved.
#pragma once

#include "config/configuration.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace pulsegate {

/// True if a proxy that connects to `target` reaches a listener at `listener`.
///
/// A wildcard listener is reached by every host with its port, since the proxy may stand anywhere.
/// `localhost` is 127.0.0.1 and ::1; any other name may be any address but loopback.
[[nodiscard]] bool reaches(const socket_address& target, const socket_address& listener);

/// The first of the listeners that `target` reaches.
[[nodiscard]] std::optional<std::size_t>
reached_listener(const socket_address& target, std::span<const socket_address> listeners);

} // namespace pulsegate
