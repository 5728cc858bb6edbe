#include "alignment/alignment_json.hpp"

#include "alignment/report.hpp"
#include "alignment/rules/wording.hpp"

#include <algorithm>
#include <optional>

namespace pulsegate {
namespace {

namespace json = boost::json;

double seconds(milliseconds value) {
    return std::chrono::duration<double>(value).count();
}

json::array margins_to_json(const std::vector<margin>& margins) {
    json::array shown;
    for (const margin& each : margins)
        shown.push_back(json::object{
            {"hop", each.hop}, {"direction", each.direction}, {"seconds", seconds(each.value)}});
    return shown;
}

/// What a limit leaves this route; nothing for a lifetime that nobody plans for.
std::optional<milliseconds> margin_under(const limit& which, const route_heartbeat& of,
                                         const configuration& values) {
    if (which.kind == limit_kind::idle)
        return slack_under(which, of);
    if (values.limits.session_age.count() == 0)
        return std::nullopt;
    return which.value - oldest_session(values.limits.session_age, values.drain.window);
}

json::array limits_to_json(const route_heartbeat& of, const alignment& all,
                           const configuration& values) {
    json::array shown;
    for (const chain_hop& hop : all.proxies.hops) {
        for (const limit_kind kind : {limit_kind::idle, limit_kind::life}) {
            for (const shared_limit& shared : shared_limits(hop, kind, all.heartbeats)) {
                if (std::find(shared.heartbeats.begin(), shared.heartbeats.end(), &of) ==
                    shared.heartbeats.end())
                    continue;
                const limit& which = *shared.which;
                json::object one{{"name", hop.name},
                                 {"kind", to_string(kind)},
                                 {"direction", to_string(which.resets)},
                                 {"limit_seconds", seconds(which.value)},
                                 {"margin_seconds", nullptr},
                                 {"from", origin_text(which)}};
                if (const auto left = margin_under(which, of, values))
                    one["margin_seconds"] = seconds(*left);
                shown.push_back(std::move(one));
            }
        }
    }
    return shown;
}

json::array timelines_to_json(const alignment& of, const configuration& values) {
    json::array shown;
    for (const route_heartbeat& each : of.heartbeats) {
        json::object route{{"route", each.route_path},
                           {"interval_seconds", seconds(each.settings.interval)},
                           {"timeout_seconds", seconds(each.settings.timeout)},
                           {"silence_seconds", seconds(each.worst.to_client)},
                           {"eviction_seconds", seconds(each.worst.eviction_end)}};
        route["hops"] = limits_to_json(each, of, values);
        shown.push_back(std::move(route));
    }
    return shown;
}

} // namespace

json::object alignment_to_json(const alignment& of, const load_result& loaded) {
    json::object shown;
    shown["diagnostics"] = diagnostics_to_json(of.diagnostics)["diagnostics"];
    shown["hops"] = chain_to_json(of);
    shown["margins"] = margins_to_json(of.margins);
    shown["timelines"] = timelines_to_json(of, loaded.values);
    return shown;
}

} // namespace pulsegate
