#include "admin/status_json.hpp"

#include "base/build_info.hpp"
#include "base/quoted.hpp"
#include "metrics/counters.hpp"

#include <boost/json/array.hpp>

namespace pulsegate {
namespace {

namespace json = boost::json;

json::object closed_to_json(const std::array<std::uint64_t, close_reason_count>& counts) {
    json::object shown;
    for (const close_reason_row& row : close_reasons())
        shown[row.label] = counts[static_cast<std::size_t>(row.reason)];
    return shown;
}

/// Counts of an enumeration, by the label of each value.
template <class Enum, std::size_t Size>
json::object by_label(const std::array<std::uint64_t, Size>& counts) {
    json::object shown;
    for (std::size_t i = 0; i < Size; ++i)
        shown[label_of(static_cast<Enum>(i))] = counts[i];
    return shown;
}

template <std::size_t BoundCount>
json::object to_json(const histogram<BoundCount>& from) {
    json::object shown;
    shown["bounds"] = json::array(from.bounds->begin(), from.bounds->end());
    shown["counts"] = json::array(from.counts.begin(), from.counts.end());
    return shown;
}

/// What is counted by route, of one or of all together.
void add_counted(const route_counters& from, json::object& to) {
    to["closed"] = closed_to_json(from.closed);
    to["rejected"] = by_label<rejection>(from.rejected);
    to["app_errors"] = by_label<app_error>(from.app_errors);
    to["rtt"] = to_json(from.relay.ping_rtt);
    to["pings"] = by_label<leg>(from.relay.pings_sent);
    to["pongs"] = by_label<leg>(from.relay.pongs_received);
    to["messages"] = by_label<direction>(from.relay.messages);
    to["bytes"] = by_label<direction>(from.relay.bytes);
    to["pending_bytes"] = from.relay.pending_bytes;
}

json::array routes_to_json(const snapshot& from) {
    json::array shown;
    for (std::size_t i = 0; i < from.routes.size(); ++i) {
        const route_counters& counted = from.total.routes[i];
        json::object route{{"path", to_valid_utf8(from.routes[i])},
                           {"connections", counted.live},
                           {"opened", counted.opened},
                           {"evictions", counted.closed_by(close_reason::evicted)}};
        add_counted(counted, route);
        shown.push_back(std::move(route));
    }
    return shown;
}

json::object cuts_by_hop(const std::vector<hop_cuts>& from) {
    json::object shown;
    for (const hop_cuts& each : from)
        shown[to_valid_utf8(each.hop)] = each.cuts;
    return shown;
}

json::array cuts_to_json(const std::vector<suspected_cut>& from) {
    json::array shown;
    for (const suspected_cut& each : from)
        shown.push_back(json::object{{"hop", to_valid_utf8(each.hop)},
                                     {"cuts", each.cuts},
                                     {"last", each.last_seconds},
                                     {"text", to_valid_utf8(each.text)}});
    return shown;
}

} // namespace

json::object status_to_json(const snapshot& from) {
    const counters& total = from.total;
    const route_counters all = sum_of_routes(total);
    json::object shown{{"time", from.time_seconds},
                       {"started", from.started_seconds},
                       {"version", build_info::version()},
                       {"state", from.drain_ends_seconds ? "draining" : "serving"},
                       {"drain_ends", nullptr},
                       {"workers", from.workers},
                       {"workers_answered", from.workers_answered},
                       {"connections", all.live},
                       {"handshakes", total.handshakes_live},
                       {"opened", all.opened},
                       {"evictions", all.closed_by(close_reason::evicted)}};
    if (from.drain_ends_seconds)
        shown["drain_ends"] = *from.drain_ends_seconds;
    shown["limits"] = json::object{{"connections", from.connections_limit}};
    add_counted(all, shown);
    shown["routes"] = routes_to_json(from);
    shown["cuts"] = cuts_by_hop(from.cuts_by_hop);
    shown["suspected_cuts"] = cuts_to_json(from.suspected_cuts);
    shown["alignment"] =
        json::object{{"errors", from.alignment_errors}, {"warnings", from.alignment_warnings}};
    shown["reload"] = json::object{{"successful", from.is_last_reload_successful},
                                   {"time", from.last_reload_success_seconds}};
    return shown;
}

} // namespace pulsegate
