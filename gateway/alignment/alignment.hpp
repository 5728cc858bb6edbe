// The verdict on a configuration: does every proxy in front leave healthy connections alone? And
// all that is to be said about it, which `check` shows and `run` decides by. Values; made on any
// thread, never on a worker.
#pragma once

#include "alignment/chain.hpp"
#include "alignment/route_heartbeat.hpp"
#include "config/listen_places.hpp"
#include "config/local_ports.hpp"
#include "config/tls_files.hpp"

#include <memory>
#include <optional>
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

/// A configuration with all that is to be said about it: its own mistakes, and, if it has none, its
/// alignment.
struct checked_configuration {
    std::shared_ptr<const load_result> loaded; // shared: `aligned` points into it
    std::optional<alignment> aligned;          // nothing if the configuration has errors
    std::vector<diagnostic> diagnostics;       // of both, and of the files that TLS needs

    /// True if gateway.yaml itself is wrong, whatever the proxies say.
    [[nodiscard]] bool is_unusable() const;

    /// True if a gateway may serve by it: usable, and aligned as far as `alignment` asks for.
    [[nodiscard]] bool may_serve() const;
};

/// \param places  where it may be listened; by default that is not asked, since a gateway that
/// starts
///                finds out by itself.
[[nodiscard]] checked_configuration
check_configuration(load_result loaded, const chain_environment& from,
                    const pem_environment& certificates = pem_files_of_this_machine(),
                    const local_ports& ports = local_ports_of_this_machine(),
                    const listen_environment& places = {});

} // namespace pulsegate
