// PG317, PG318, PG332 to PG336: what a HAProxy's own file does with WebSockets for the gateway.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// The server that leads past the gateway to an application of a route, and that route.
std::pair<const haproxy_elsewhere*, const route*> past_the_gateway(const haproxy_reading& haproxy,
                                                                   const configuration& values) {
    for (const haproxy_elsewhere& each : haproxy.elsewhere)
        for (const route& route : values.routes)
            if (const auto* const app = std::get_if<websocket_upstream>(&route.to))
                if (reaches(each.to, app->address))
                    return {&each, &route};
    return {};
}

void report_elsewhere(const chain_hop& of, const haproxy_reading& haproxy,
                      const load_result& loaded, findings& out) {
    diagnostic what{hop_code::proxy_elsewhere,
                    of.name + " sends nothing to this gateway",
                    {of.where, "has no `server` that leads to a listener"},
                    {},
                    "name the file with a `server` that leads to " +
                        listener_addresses(loaded.values)};
    const auto [server, route] = past_the_gateway(haproxy, loaded.values);
    if (server != nullptr) {
        what.primary = {server->where, "leads to the application of the route " +
                                           quoted(route->path) + ", past the gateway"};
        what.others.push_back({of.where, "read because of this"});
        what.help = "change its address to " + listener_addresses(loaded.values);
    }
    point_at_listeners(what, loaded);
    out.push_back(std::move(what));
}

diagnostic no_passage(const haproxy_obstacle& of) {
    return {of.is_certain ? hop_code::haproxy_no_upgrade : hop_code::haproxy_may_not_upgrade,
            of.is_certain ? "no WebSocket passes HAProxy here"
                          : "some WebSockets may not pass HAProxy here",
            {of.where, of.why},
            {},
            of.cure};
}

void check_ways(const chain_hop& of, const haproxy_reading& haproxy, const rule_input& in,
                findings& out) {
    if (!haproxy.passages.empty() || has_errors(haproxy.problems))
        return;
    for (const haproxy_obstacle& each : haproxy.closed)
        out.push_back(no_passage(each));
    if (!haproxy.closed.empty())
        return;
    for (const haproxy_undecided& each : haproxy.undecided)
        out.push_back({hop_code::nginx_undecided,
                       "it cannot be seen whether this leads to the gateway",
                       {each.where, each.why},
                       {},
                       "if it does, describe this proxy in gateway.yaml by `name` and `idle`, not "
                       "by `haproxy`"});
    if (!haproxy.undecided.empty())
        return;
    const chain_hop* const unseen = unseen_behind(in.proxies, of);
    const bool is_past = past_the_gateway(haproxy, in.loaded.values).first != nullptr;
    if (unseen != nullptr && !haproxy.elsewhere.empty() && !is_past)
        out.push_back(may_lead_to_unseen(haproxy.elsewhere.front().where, *unseen));
    else
        report_elsewhere(of, haproxy, in.loaded, out);
}

/// One for some paths is certain if a route is below them. If they are below a route, it may be
/// meant so; a denial is, as of `/admin` below `/`. Else it hurts nobody.
void check_obstacles(const haproxy_passage& passage, const configuration& values, findings& out) {
    for (haproxy_obstacle each : passage.obstacles) {
        const auto any_of_paths = [&](auto is_concerned) {
            return std::any_of(values.routes.begin(), values.routes.end(), [&](const route& route) {
                return std::any_of(
                    each.under.begin(), each.under.end(),
                    [&](const std::string& path) { return is_concerned(route.path, path); });
            });
        };
        if (!each.under.empty()) {
            const bool is_hit = any_of_paths([](const std::string& route, const std::string& path) {
                return route.starts_with(path);
            });
            if (!is_hit && each.is_denial)
                continue;
            if (!is_hit && !any_of_paths([](const std::string& route, const std::string& path) {
                    return has_path_prefix(path, route);
                }))
                continue;
            each.is_certain = each.is_certain && is_hit;
        }
        out.push_back(no_passage(each));
    }
}

/// Compared with the gateway's own limit only if somebody chose that.
void check_caps(const haproxy_passage& passage, const load_result& loaded, findings& out) {
    const auto set = loaded.origins.find("limits.connections");
    if (set == loaded.origins.end())
        return;
    const std::uint64_t wanted = loaded.values.limits.connections;
    for (const haproxy_cap& each : passage.caps)
        if (each.most < wanted)
            out.push_back({hop_code::haproxy_may_not_upgrade,
                           "HAProxy has room for " + std::to_string(each.most) +
                               " WebSockets, the gateway for " + std::to_string(wanted),
                           {each.where, "the next one waits, until it is given up"},
                           {{set->second.value, "the gateway takes this many"}},
                           "set `maxconn " + std::to_string(wanted) +
                               "` here, or `limits.connections: " + std::to_string(each.most) +
                               '`'});
}

/// True if HAProxy may take an answer with this status for a sign of health.
/// \param expected  what follows `http-check expect`.
bool may_accept(const std::vector<haproxy_word>& expected, unsigned status) {
    bool is_negated = false;
    for (std::size_t at = 0; at < expected.size(); ++at) {
        const std::string& word = expected[at].text;
        if (word == "!") {
            is_negated = !is_negated;
        } else if (word != "status") {
            if (word.starts_with("rstatus") || word.ends_with("string") || word == "hdr" ||
                word == "fhdr")
                return true; // depends on more than can be told here
        } else {
            bool is_listed = false;
            std::string_view list =
                at + 1 < expected.size() ? std::string_view(expected[at + 1].text) : "";
            while (!list.empty()) {
                const std::string_view one = list.substr(0, list.find(','));
                list.remove_prefix(std::min(one.size() + 1, list.size()));
                const auto first = parse_port(one.substr(0, one.find('-')));
                const auto last = parse_port(one.substr(one.find('-') + 1));
                is_listed = is_listed || (first && last && *first <= status && status <= *last);
            }
            return is_listed != is_negated;
        }
    }
    return true;
}

/// Of the gateway's answer to what asks for no WebSocket.
constexpr unsigned plain_status = 426;
constexpr unsigned healthy_status = 200; // at `health.path`

void check_health(const haproxy_passage& passage, const configuration& values, findings& out) {
    if (!passage.check || !passage.listener)
        return;
    const haproxy_http_check& check = *passage.check;
    const std::string path = check.uri.substr(0, check.uri.find('?'));
    const unsigned status =
        !values.health.path.empty() && path == values.health.path ? healthy_status : plain_status;
    const bool may_pass =
        check.expected.empty()
            ? status == healthy_status
            : std::all_of(check.expected.begin(), check.expected.end(),
                          [&](const auto& each) { return may_accept(each, status); });
    if (may_pass)
        return;
    const std::string asked = values.health.path.empty() ? "/healthz" : values.health.path;
    diagnostic what{hop_code::haproxy_check_fails,
                    "HAProxy's health check fails, and takes the gateway out of service",
                    {passage.server, "with `check`, is asked by HTTP"},
                    {{check.where, "gets " + std::to_string(status) +
                                       (status == plain_status ? ": here only WebSockets come to a "
                                                                 "listener"
                                                               : ", which is not expected")}},
                    "write `option httpchk GET " + asked + '`'};
    if (values.health.path.empty())
        what.help += ", and `health: { path: " + asked + " }` in gateway.yaml";
    out.push_back(std::move(what));
}

void check_lines(const haproxy_reading& haproxy, findings& out) {
    for (const haproxy_remark& each : haproxy.remarks)
        out.push_back(
            {hop_code::haproxy_remark, "this line " + each.text, {each.where, ""}, {}, ""});
    for (const haproxy_passage& passage : haproxy.passages)
        if (!passage.has_client_fin)
            out.push_back({hop_code::haproxy_client_fin,
                           "a client that vanishes while closing is kept as long as a quiet one",
                           {passage.frontend_head, "has no `timeout client-fin`"},
                           {},
                           "add `timeout client-fin 30s` here"});
}

} // namespace

void check_haproxy(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading);
        if (haproxy == nullptr)
            continue;
        check_ways(each, *haproxy, in, out);
        for (const haproxy_passage& passage : haproxy->passages) {
            check_obstacles(passage, in.loaded.values, out);
            check_caps(passage, in.loaded, out);
            check_health(passage, in.loaded.values, out);
        }
        check_lines(*haproxy, out);
    }
}

} // namespace pulsegate
