// What HAProxy tells the gateway of its clients, in headers. Pure.
#pragma once

#include "alignment/haproxy/reading.hpp"

#include <vector>

namespace pulsegate {

/// Adds what a section's rules and `option forwardfor`, which comes after them, tell of the client.
void add_haproxy_telling(const haproxy_proxy& section, std::vector<haproxy_address_header>& told);

} // namespace pulsegate
