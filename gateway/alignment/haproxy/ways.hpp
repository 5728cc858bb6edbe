// Which backends the frontends of a haproxy.cfg hand connections to. Pure.
#pragma once

#include "alignment/haproxy/findings.hpp"
#include "alignment/haproxy/settings.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace pulsegate {

/// A way through HAProxy, as indices; a `listen` with servers of its own is both.
struct haproxy_way {
    std::size_t frontend = 0;
    std::size_t backend = 0;
    friend bool operator==(const haproxy_way&, const haproxy_way&) = default;
};

/// Every way that `use_backend` and `default_backend` open, each once. Conditions are not judged,
/// and a name that is made when a request comes may be that of any `backend`; a remark says so.
[[nodiscard]] std::vector<haproxy_way> find_haproxy_ways(std::span<const haproxy_proxy> proxies,
                                                         haproxy_findings& findings);

} // namespace pulsegate
