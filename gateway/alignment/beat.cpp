#include "alignment/beat.hpp"

#include "base/path_prefix.hpp"

#include <algorithm>

namespace pulsegate {

std::vector<beat> beats_of(const load_result& loaded) {
    std::vector<beat> beats;
    for (std::size_t i = 0; i < loaded.values.routes.size(); ++i) {
        const route& each = loaded.values.routes[i];
        const std::string path = "routes[" + std::to_string(i) + "].heartbeat";
        beats.push_back({path, each.path, each.heartbeat, cadence_of(each.heartbeat),
                         find_heartbeat_value(loaded.origins, path, "interval"),
                         find_heartbeat_value(loaded.origins, path, "timeout")});
    }
    return beats;
}

std::vector<const beat*> beats_under(const limit& which, const std::vector<beat>& beats) {
    std::vector<const beat*> concerned;
    const beat* around = nullptr;
    for (const beat& each : beats) {
        if (each.route_path.starts_with(which.path))
            concerned.push_back(&each);
        else if (has_path_prefix(which.path, each.route_path) &&
                 (around == nullptr || around->route_path.size() < each.route_path.size()))
            around = &each;
    }
    // A route for just this path takes what arrives there.
    const bool has_own_route =
        std::any_of(concerned.begin(), concerned.end(), [&](const beat* own) {
            return which.path == own->route_path || which.path == own->route_path + '/';
        });
    if (around != nullptr && !has_own_route)
        concerned.push_back(around);
    return concerned;
}

milliseconds quiet_time(const limit& idle, const cadence& worst) {
    return idle.resets == idle_reset::to_client ? worst.to_client : worst.from_client;
}

milliseconds slack_under(const limit& idle, const beat& of) {
    return idle.value - quiet_time(idle, of.worst);
}

} // namespace pulsegate
