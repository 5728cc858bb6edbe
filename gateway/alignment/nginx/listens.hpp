// Where a server of Nginx listens, and whether a `proxy_pass` of the same Nginx leads there. Pure.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "config/configuration.hpp"

#include <string_view>
#include <vector>

namespace pulsegate {

struct nginx_listen {
    span where; // the directive; the head of the server, if it has none
    socket_address address;
    bool is_secure = false;
    bool is_http2 = false;
    bool is_quic = false;
    bool is_default = false;
    bool takes_proxy_header = false;
};

/// The `listen`s of a server of `http` or `stream`; by default port 80 of all addresses.
[[nodiscard]] std::vector<nginx_listen> listens_of(const nginx_directive& server);

/// True if what connects to `target` on the machine of this Nginx comes to it.
[[nodiscard]] bool leads_to_own(const socket_address& target, const socket_address& listen);

/// True if the names of a server have this one, literally.
[[nodiscard]] bool has_server_name(const nginx_directive& server, std::string_view name);

} // namespace pulsegate
