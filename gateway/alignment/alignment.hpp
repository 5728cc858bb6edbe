// The verdict on a configuration: does every proxy in front leave healthy connections alone? A
// value; made on any thread, never on a worker.
#pragma once

#include "alignment/chain.hpp"
#include "alignment/route_heartbeat.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// What a hop's limit leaves after the gateway's worst case; negative: it cuts healthy connections.
/// The least of all locations and routes.
struct margin {
    std::string hop;
    std::string direction; // `to_client` or `to_gateway`, as the hop counts them, or `life`
    milliseconds value{0};
};

struct alignment {
    chain proxies;
    std::vector<route_heartbeat> heartbeats;
    std::vector<margin> margins;         // in the order of the hops
    std::vector<diagnostic> diagnostics; // of reading the chain and of the rules, in file order
};

/// \param loaded  a configuration without errors; it outlives the result, which points into it.
/// Errors: as diagnostics; never throws.
[[nodiscard]] alignment align(const load_result& loaded, const chain_environment& from);

} // namespace pulsegate
