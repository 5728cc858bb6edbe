// The places of `http` from which WebSocket handshakes come to the gateway, directly or by way of
// other servers of the same Nginx: found by following handshakes through each server. Pure.
#pragma once

#include "alignment/nginx/destination.hpp"
#include "alignment/nginx/reading.hpp"
#include "alignment/nginx/tree.hpp"

#include <vector>

namespace pulsegate {

/// A server of this Nginx that leads to the gateway, for what connects to it.
struct nginx_relay {
    socket_address address;
    std::vector<std::size_t> routes; // of nginx_request::routes
    bool takes_proxy_header = false;
};

/// Adds to `passages`, `undecided`, `elsewhere`, `down` and `problems`.
/// \param http    the block.
/// \param relays  the streams that lead to the gateway; receives the servers that do.
/// \param into    its `version` is set.
void find_http_passages(const nginx_directive& http, const nginx_request& what,
                        std::vector<nginx_relay>& relays, nginx_reading& into);

/// Whether a destination with a variable in it may be one of these listeners: its port may tell
/// that it is not.
[[nodiscard]] bool may_lead_to(const nginx_destination& to,
                               const std::vector<socket_address>& listeners);

} // namespace pulsegate
