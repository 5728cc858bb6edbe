#include "net/service_settings.hpp"

#include "config/address_block.hpp"

#include <algorithm>

namespace pulsegate {
std::optional<std::size_t> service_settings::route_at(std::string_view path) const {
    const auto found = std::find_if(config.routes.begin(), config.routes.end(),
                                    [&](const route& each) { return each.path == path; });
    if (found == config.routes.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - config.routes.begin());
}

service_settings::service_settings(configuration from, const service_settings* before)
    : config(std::move(from)), trusted_proxies(to_blocks(config.trusted_proxies)),
      tls(config, before != nullptr ? &before->tls : nullptr) {
    for (const route& each : config.routes)
        rules_.push_back({.heartbeat = &each.heartbeat,
                          .rate = each.rate,
                          .goodbye = config.drain.close,
                          .write_stall = config.limits.write_stall,
                          .slowest_rate = config.limits.slowest_rate,
                          .max_message_bytes = config.limits.message_bytes});
}

settings_pointer make_settings(configuration config, counted_routes& counted,
                               const service_settings* before) {
    auto made = std::make_shared<service_settings>(std::move(config), before);
    std::vector<std::string> paths;
    for (const route& each : made->config.routes)
        paths.push_back(each.path);
    route_places places = counted.take(paths);
    made->places_of_counters = std::move(places.of_routes);
    made->held_places = std::move(places.holds);
    made->route_numbers = std::move(places.numbers);
    return made;
}

} // namespace pulsegate
