// PG171: more connections than this machine has ports for. A connection to an application takes a
// local port, and there are as many as `net.ipv4.ip_local_port_range` says, for each address and
// port of an application.
#pragma once

#include "config/loader.hpp"

#include <vector>

namespace pulsegate {

/// The ports that the kernel takes for connections, the last one included.
struct local_ports {
    unsigned first = 32'768;
    unsigned last = 60'999;

    [[nodiscard]] std::uint64_t count() const { return last < first ? 0 : last - first + 1; }
};

/// Of this machine, now, or rather of the network namespace of this process; what Linux has by
/// default where it does not say.
[[nodiscard]] local_ports local_ports_of_this_machine();

/// Compares `limits.connections`, if somebody has written it, with what the upstreams of all routes
/// can hold together.
/// \param loaded  without errors.
[[nodiscard]] std::vector<diagnostic> check_local_ports(const load_result& loaded,
                                                        const local_ports& ports);

} // namespace pulsegate
