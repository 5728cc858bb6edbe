// What connections are served by: a configuration with all that is made from it. Immutable. A
// reload makes a new one and hands it to the workers; a handshake and a session hold the one they
// go by.
#pragma once

#include "base/ip_address.hpp"
#include "client/newcomers.hpp"
#include "config/configuration.hpp"
#include "net/counted_routes.hpp"
#include "net/descriptors.hpp"
#include "net/tls/tls_context.hpp"
#include "session/session_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

struct service_settings {
    /// Throws std::runtime_error if the files of TLS cannot be used.
    service_settings(configuration from, const service_settings* before);
    service_settings(const service_settings&) = delete;
    service_settings& operator=(const service_settings&) = delete;

    configuration config;
    std::vector<ip_block> trusted_proxies;
    tls_contexts tls;
    descriptor_limits descriptors;
    newcomer_limits newcomers; // of each worker
    // Of each route: its place in counters::routes, which outlives the configuration.
    std::vector<std::size_t> places_of_counters;
    std::vector<place_hold> held_places;
    std::vector<std::uint32_t> route_numbers; // of each element of counters::routes

    /// What they say to a session of a route. Valid as long as *this.
    [[nodiscard]] const session_rules& session_rules_of(std::size_t route) const {
        return rules_[route];
    }

    /// The route with exactly this path.
    [[nodiscard]] std::optional<std::size_t> route_at(std::string_view path) const;

private:
    std::vector<session_rules> rules_; // of each route
};

/// How many workers a configuration asks for.
[[nodiscard]] unsigned worker_count(const configuration& config);

/// Each worker's share of `limits.newcomers` and `newcomers_per_client`, rounded up. All together
/// take a quarter of the descriptors at most, and one client half of the places, unless they are
/// few.
[[nodiscard]] newcomer_limits share_of_newcomers(const limits_settings& limits, unsigned workers,
                                                 std::uint64_t open_files);

using settings_pointer = std::shared_ptr<const service_settings>;

/// Makes the settings of a configuration that the loader has found free of errors. Throws
/// std::runtime_error if the files of TLS are not what the loader has found any more.
/// \param counted  gives its routes their places.
/// \param before   what it replaces; null at first.
[[nodiscard]] settings_pointer make_settings(configuration config, counted_routes& counted,
                                             const service_settings* before);

} // namespace pulsegate
