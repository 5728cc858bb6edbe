#include "alignment/route_heartbeat.hpp"

#include "config/configuration.hpp"
#include "session/timing_wheel.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

std::vector<const route_heartbeat*> those_of(limit_kind kind,
                                             std::vector<const route_heartbeat*> heartbeats) {
    if (is_http(kind))
        std::erase_if(heartbeats, [](const route_heartbeat* each) { return !each->passes_http; });
    return heartbeats;
}

} // namespace

quiet_times quiet_times_of(const heartbeat_settings& heartbeat) {
    const milliseconds ping = heartbeat.interval + wheel_tick;
    return {ping, ping + round_trip_allowance, ping + round_trip_allowance,
            heartbeat.timeout + wheel_tick + lifecycle::silent_close_wait};
}

std::vector<route_heartbeat> route_heartbeats_of(const load_result& loaded) {
    std::vector<route_heartbeat> heartbeats;
    for (std::size_t i = 0; i < loaded.values.routes.size(); ++i) {
        const route& each = loaded.values.routes[i];
        const std::string path = "routes[" + std::to_string(i) + "].heartbeat";
        const auto own_answer = loaded.origins.find("routes[" + std::to_string(i) + "].answer");
        const auto set_answer =
            own_answer != loaded.origins.end() ? own_answer : loaded.origins.find("http.answer");
        heartbeats.push_back(
            {path, each.path, each.heartbeat, each.close.timeout, quiet_times_of(each.heartbeat),
             find_heartbeat_value(loaded.origins, path, "interval"),
             find_heartbeat_value(loaded.origins, path, "timeout"),
             each.http == http_mode::pass && !std::holds_alternative<echo_upstream>(each.to),
             each.answer, set_answer != loaded.origins.end() ? &set_answer->second : nullptr});
    }
    return heartbeats;
}

std::vector<const route_heartbeat*>
heartbeats_under(const limit& which, const std::vector<route_heartbeat>& heartbeats) {
    std::vector<const route_heartbeat*> concerned;
    if (which.routes) {
        for (const std::size_t index : *which.routes)
            if (index < heartbeats.size())
                concerned.push_back(&heartbeats[index]);
        return those_of(which.kind, std::move(concerned));
    }
    const route_heartbeat* around = nullptr;
    const auto is_excluded = [&](std::string_view path) {
        return std::any_of(which.not_under.begin(), which.not_under.end(),
                           [&](const std::string& other) { return path.starts_with(other); });
    };
    for (const route_heartbeat& each : heartbeats) {
        if (is_excluded(each.route_path))
            continue;
        if (each.route_path.starts_with(which.path))
            concerned.push_back(&each);
        else if (has_path_prefix(which.path, each.route_path) &&
                 (around == nullptr || around->route_path.size() < each.route_path.size()))
            around = &each;
    }
    // A route for just this path takes what arrives there.
    const bool has_own_route =
        std::any_of(concerned.begin(), concerned.end(), [&](const route_heartbeat* own) {
            return which.path == own->route_path || which.path == own->route_path + '/';
        });
    if (around != nullptr && !has_own_route)
        concerned.push_back(around);
    return those_of(which.kind, std::move(concerned));
}

milliseconds quiet_time(const limit& idle, const quiet_times& worst) {
    if (idle.kind == limit_kind::silence)
        return worst.stream;
    return idle.resets == idle_reset::to_client ? worst.to_client : worst.from_client;
}

milliseconds slack_under(const limit& idle, const route_heartbeat& of) {
    return idle.value - quiet_time(idle, of.worst);
}

} // namespace pulsegate
