// The servers of `http`: who comes to each of them, and with what. Pure.
#pragma once

#include "alignment/nginx/listens.hpp"
#include "alignment/nginx/place.hpp"
#include "alignment/nginx/sent.hpp"
#include "alignment/nginx/version.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

struct nginx_site {
    std::unique_ptr<nginx_place> place;
    std::vector<nginx_listen> listens;
    std::string scheme;                   // of all who come; empty if they differ
    bool is_inner = false;                // another server of the same Nginx leads here
    std::optional<nginx_obstacle> closed; // to WebSockets, whatever the location
};

/// The servers of an `http` block, in their order.
/// \param http  their outer level, which outlives them.
[[nodiscard]] std::vector<nginx_site> sites_of(const nginx_level& http,
                                               const nginx_version& version);

[[nodiscard]] bool listens_at(const nginx_site& which, const socket_address& target);

/// The servers that take a connection to an address: one, if the host is known.
/// \param host  values of the header that is sent; empty if it is Nginx's default.
[[nodiscard]] std::vector<const nginx_site*> sites_for(const std::vector<nginx_site>& sites,
                                                       const socket_address& target,
                                                       const std::vector<std::string>& host);

/// True if scripts answer, or set variables, anywhere in a block.
[[nodiscard]] bool has_scripts(const nginx_directive& block);

/// The number of directives by which something else answers: it may send requests on to an internal
/// location (`X-Accel-Redirect`), or its errors may.
[[nodiscard]] std::size_t count_handlers(const nginx_directive& block);

} // namespace pulsegate
