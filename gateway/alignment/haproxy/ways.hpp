// The ways that a haproxy.cfg opens for WebSockets, from a frontend through its rules and
// `use_backend` lines to a backend, and what the rules on such a way do to the request. Pure.
#pragma once

#include "alignment/haproxy/conditions.hpp"
#include "alignment/haproxy/settings.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

/// What a rule on a way does that keeps WebSockets from passing.
struct haproxy_obstacle {
    span where;
    std::string why;                     // as a label: `takes the header away`
    std::string cure;                    // as help
    std::vector<std::string> under = {}; // only for paths that begin so; none: for all
    bool is_denial = false; // requests get an answer of HAProxy's own, as its user wants it
    bool is_certain = true; // else it depends on a condition that the file does not decide
};

/// A `listen` with servers of its own is both ends.
struct haproxy_way {
    std::size_t frontend = 0; // indices of proxies
    std::size_t backend = 0;
    bool is_tls_known = false; // whether clients come to the frontend by TLS, or not
    bool is_tls = false;
    std::vector<haproxy_paths> arriving; // what of the requests gets to the backend's servers
    bool is_path_kept = true;            // no rule changes the path on this way
    bool is_plain = false;               // of plain requests
    std::vector<haproxy_obstacle> endings = {}; // rules that deny some of its requests, by path

    [[nodiscard]] haproxy_view view_of(const haproxy_proxy& section) const {
        return {section.settings.acls, is_tls_known ? std::optional(is_tls) : std::nullopt,
                is_path_kept, is_plain};
    }
};

/// A rule that no WebSocket gets past, and a backend that is behind it.
struct haproxy_closed_way {
    span where;
    std::size_t backend = 0;
};

struct haproxy_ways {
    std::vector<haproxy_way> open;
    std::vector<haproxy_closed_way> closed;
};

/// Every way that `use_backend` and `default_backend` open, each once. A condition of which the
/// file does not tell whether it is met is taken for met; a name that is made when a request comes
/// may be that of any `backend`, and a remark says so.
/// \param findings  receives names of backends that there are not.
/// \param is_plain  the ways of requests that are no handshakes for a WebSocket.
[[nodiscard]] haproxy_ways find_haproxy_ways(std::span<const haproxy_proxy> proxies,
                                             haproxy_findings& findings, bool is_plain = false);

/// Of the rules about `Upgrade` and `Connection`.
[[nodiscard]] std::vector<haproxy_obstacle> find_header_obstacles(const haproxy_proxy& section,
                                                                  const haproxy_way& on);

} // namespace pulsegate
