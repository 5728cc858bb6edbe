#include "alignment/alignment.hpp"

#include "alignment/rules/rules.hpp"
#include "alignment/socket_access.hpp"
#include "config/admin_token.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// All rules, in the order of rules.hpp.
findings apply_rules(const rule_input& in) {
    findings out;
    for (const auto rule :
         {check_idle_limits, check_evictions, check_lifetimes, check_reload_limits, check_streams,
          check_answers, check_keep_alive, check_buffering, check_heartbeat_keys, check_upgrade,
          check_capacity, check_client_address, check_passages, check_proxy_headers,
          check_proxy_tls, check_haproxy, check_haproxy_address})
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
        if (!each.only_if.empty())
            continue; // it may never hold
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

/// A file that says something, and not where the application is. Of one that says nothing more is
/// told.
void report_missing_routes(const load_result& loaded, std::vector<diagnostic>& out) {
    const bool has_routes =
        std::any_of(loaded.origins.begin(), loaded.origins.end(),
                    [](auto& each) { return each.first.starts_with("routes["); });
    if (loaded.origins.empty() || has_routes)
        return;
    const span file_begin{loaded.origins.begin()->second.key.in, 0, 0};
    std::vector<diagnostic> found(
        1, diagnostic{code::no_routes,
                      "this file has no `routes`: every message is returned to its sender",
                      {file_begin, ""},
                      {},
                      "say where the application is:\nroutes:\n  - path: /\n    upstream: "
                      "ws://127.0.0.1:8000"});
    out.insert(out.end(), found.begin(), found.end());
}

/// True unless the code is one of proxies.
bool is_of_gateway_yaml(const code_row& row) {
    const auto own = config_codes();
    return std::any_of(own.begin(), own.end(),
                       [&](const code_row& each) { return each.id == row.id; });
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

checked_configuration check_configuration(load_result loaded, const chain_environment& from,
                                          const pem_environment& certificates,
                                          const local_ports& ports,
                                          const listen_environment& places) {
    checked_configuration out;
    out.loaded = std::make_shared<const load_result>(std::move(loaded));
    out.diagnostics = out.loaded->diagnostics;
    if (has_errors(out.diagnostics))
        return out;
    report_missing_routes(*out.loaded, out.diagnostics);
    const auto of_tls = check_tls_files(*out.loaded, certificates);
    out.diagnostics.insert(out.diagnostics.end(), of_tls.begin(), of_tls.end());
    const auto of_token = check_admin_token(*out.loaded, certificates);
    out.diagnostics.insert(out.diagnostics.end(), of_token.begin(), of_token.end());
    const auto of_ports = check_local_ports(*out.loaded, ports);
    out.diagnostics.insert(out.diagnostics.end(), of_ports.begin(), of_ports.end());
    const auto of_places = check_listen_places(*out.loaded, places);
    out.diagnostics.insert(out.diagnostics.end(), of_places.begin(), of_places.end());
    sort_and_unique(out.diagnostics);
    out.aligned = align(*out.loaded, from);
    const auto of_sockets = check_socket_access(*out.loaded, out.aligned->proxies, places.users);
    out.aligned->diagnostics.insert(out.aligned->diagnostics.end(), of_sockets.begin(),
                                    of_sockets.end());
    out.diagnostics.insert(out.diagnostics.end(), out.aligned->diagnostics.begin(),
                           out.aligned->diagnostics.end());
    return out;
}

bool checked_configuration::is_unusable() const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const diagnostic& each) {
        return each.level() == severity::error && is_of_gateway_yaml(each.id.row());
    });
}

bool checked_configuration::may_serve() const {
    return !is_unusable() &&
           (loaded->values.alignment == alignment_mode::warn || !has_errors(aligned->diagnostics));
}

} // namespace pulsegate
