// From the ways through a haproxy.cfg to what they lead to: listeners of the gateway, or other
// frontends of the file. Pure.
#pragma once

#include "alignment/haproxy/proxies.hpp"
#include "alignment/haproxy/reading.hpp"

namespace pulsegate {

/// Fills in `passages`, `closed`, `undecided` and `elsewhere`.
/// \param findings  receives names of backends that there are not, and remarks.
void find_haproxy_passages(const haproxy_proxies& proxies, const haproxy_request& what,
                           haproxy_findings& findings, haproxy_reading& into);

} // namespace pulsegate
