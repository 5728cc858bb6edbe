#include "alignment/alignment.hpp"

#include "alignment/rules/rules.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// All rules, in the order of rules.hpp.
findings apply_rules(const rule_input& in) {
    findings out;
    for (const auto rule :
         {check_idle_limits, check_evictions, check_lifetimes, check_reload_limits,
          check_heartbeat_keys, check_upgrade, check_capacity, check_client_address, check_passages,
          check_proxy_headers, check_haproxy, check_proxy_tls})
        rule(in, out);
    return out;
}

void keep_least(std::vector<margin>& margins, margin next) {
    const auto same = std::find_if(margins.begin(), margins.end(), [&](const margin& each) {
        return each.hop == next.hop && each.direction == next.direction;
    });
    if (same == margins.end())
        margins.push_back(std::move(next));
    else
        same->value = std::min(same->value, next.value);
}

void add_margins(const hop& of, const alignment& all, const load_result& loaded,
                 std::vector<margin>& margins) {
    for (const limit& each : of.limits) {
        if (each.kind == limit_kind::life && loaded.values.limits.session_age.count() > 0)
            keep_least(margins, {of.name, "life",
                                 each.value - oldest_session(loaded.values.limits.session_age,
                                                             loaded.values.drain.window)});
        if (each.kind != limit_kind::idle)
            continue;
        for (const route_heartbeat* const heartbeat : heartbeats_under(each, all.heartbeats)) {
            if (each.resets != idle_reset::to_gateway)
                keep_least(margins,
                           {of.name, "to_client", each.value - heartbeat->worst.to_client});
            if (each.resets != idle_reset::to_client)
                keep_least(margins,
                           {of.name, "to_gateway", each.value - heartbeat->worst.from_client});
        }
    }
}

} // namespace

alignment align(const load_result& loaded, const chain_environment& from) {
    alignment out;
    out.proxies = read_chain(loaded, from);
    out.heartbeats = route_heartbeats_of(loaded);
    out.diagnostics = out.proxies.problems;
    const auto found = apply_rules({loaded, out.proxies, out.heartbeats});
    out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
    sort_and_unique(out.diagnostics);
    for (const chain_hop& each : out.proxies.hops)
        add_margins(each, out, loaded, out.margins);
    return out;
}

} // namespace pulsegate
