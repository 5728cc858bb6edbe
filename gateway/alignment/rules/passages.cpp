// PG317, PG318: ways through an Nginx: none that leads to the gateway, as far as can be seen.
#include "alignment/codes.hpp"
#include "alignment/hop.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/quoted.hpp"

namespace pulsegate {
namespace {

/// \param label  says why, at `where`.
void report_elsewhere(const chain_hop& of, const load_result& loaded, const span& where,
                      std::string label, std::string help, findings& out) {
    diagnostic what{hop_code::proxy_elsewhere,
                    of.name + " sends nothing to this gateway",
                    {where, std::move(label)},
                    {},
                    std::move(help)};
    point_at_listeners(what, loaded);
    out.push_back(std::move(what));
}

void report_elsewhere(const chain_hop& of, const load_result& loaded, std::string_view directive,
                      findings& out) {
    report_elsewhere(of, loaded, of.where,
                     "has no " + quoted(directive) + " that leads to a listener",
                     "name the file with a " + quoted(directive) + " that leads to " +
                         listener_addresses(loaded.values),
                     out);
}

/// The route whose application is there.
const route* route_to(const socket_address& target, const configuration& values) {
    for (const route& each : values.routes)
        if (const auto* const app = std::get_if<websocket_upstream>(&each.to))
            if (reaches(target, app->address))
                return &each;
    return nullptr;
}

/// As `proxy_pass` wants it.
std::string destination(const configuration& values) {
    const listener_settings& first = values.listeners.front();
    socket_address address = first.address;
    if (auto* const tcp = std::get_if<tcp_address>(&address); tcp && tcp->host == "0.0.0.0")
        tcp->host = "127.0.0.1";
    return (first.tls.is_on() ? "https://" : "http://") + to_string(address);
}

/// Everybody's first run: the file still leads to the application. False if it does not.
bool report_past_gateway(const chain_hop& of, const nginx_reading& nginx, const load_result& loaded,
                         findings& out) {
    bool is_found = false;
    for (const nginx_elsewhere& each : nginx.elsewhere) {
        const route* const past = route_to(each.target, loaded.values);
        if (past == nullptr)
            continue;
        is_found = true;
        report_elsewhere(
            of, loaded, each.where,
            "leads to the application of the route " + quoted(past->path) + ", past the gateway",
            "change this `proxy_pass`: `proxy_pass " + destination(loaded.values) + ";`", out);
    }
    return is_found;
}

void check_nginx(const chain_hop& of, const nginx_reading& nginx, const rule_input& in,
                 findings& out) {
    const load_result& loaded = in.loaded;
    const nginx_passage* hidden = nullptr;
    const nginx_passage* lost = nullptr;
    bool may_be_reached = false;
    for (const nginx_passage& each : nginx.passages) {
        if (each.is_reached == answer::yes && !each.routes.empty())
            return;
        if (each.is_reached == answer::yes)
            lost = &each;
        may_be_reached |= each.is_reached == answer::unclear;
        hidden = &each;
    }
    if (may_be_reached) {
        for (const nginx_passage& each : nginx.passages)
            if (each.is_reached == answer::unclear)
                out.push_back({hop_code::nginx_undecided,
                               "it cannot be seen whether requests come here",
                               {each.proxy_pass, "leads to the gateway"},
                               {},
                               "open a WebSocket through this Nginx to see it"});
        return;
    }
    for (const nginx_undecided& each : nginx.undecided)
        out.push_back({hop_code::nginx_undecided,
                       "it cannot be seen whether this leads to the gateway",
                       {each.where, each.why},
                       {},
                       "if it does, describe this proxy in gateway.yaml by `name` and "
                       "`idle`, not by `nginx`"});
    if (!nginx.undecided.empty() || has_errors(nginx.problems))
        return;
    const chain_hop* const unseen = unseen_behind(in.proxies, of);
    if (!nginx.down.empty())
        report_elsewhere(of, loaded, nginx.down.front(), "is the gateway, but marked `down`",
                         "remove `down`", out);
    else if (lost != nullptr && !lost->listener)
        return; // the proxy that it leads to may send it on with another path
    else if (lost != nullptr)
        report_elsewhere(of, loaded, lost->proxy_pass,
                         "no path with which requests leave here belongs to a route",
                         "lead the paths of the routes to the gateway, or write a route for "
                         "what comes",
                         out);
    else if (hidden != nullptr)
        report_elsewhere(of, loaded, hidden->proxy_pass, "no WebSocket comes here",
                         "look for a `return`, a condition or another location that takes the "
                         "requests away",
                         out);
    else if (report_past_gateway(of, nginx, loaded, out))
        return;
    else if (unseen != nullptr && !nginx.elsewhere.empty())
        out.push_back(may_lead_to_unseen(nginx.elsewhere.front().where, *unseen));
    else
        report_elsewhere(of, loaded, "proxy_pass", out);
}

} // namespace

void check_passages(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        if (const auto* const nginx = std::get_if<nginx_reading>(&each.reading))
            check_nginx(each, *nginx, in, out);
    }
}

const chain_hop* unseen_behind(const chain& proxies, const chain_hop& of) {
    for (const chain_hop* each = &of + 1; each < proxies.hops.data() + proxies.hops.size();
         ++each) {
        const auto* const nginx = std::get_if<nginx_reading>(&each->reading);
        const auto* const haproxy = std::get_if<haproxy_reading>(&each->reading);
        const bool is_seen = (nginx != nullptr && !nginx->entrances.empty()) ||
                             (haproxy != nullptr && !haproxy->entrances.empty());
        if (!is_seen)
            return each;
    }
    return nullptr;
}

} // namespace pulsegate
