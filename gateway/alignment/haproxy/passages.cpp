#include "alignment/haproxy/passages.hpp"

#include "alignment/haproxy/limits.hpp"
#include "alignment/haproxy/telling.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace pulsegate {
namespace {

/// True if a connection to `target` comes to this `bind` of the same file. Unlike the gateway, of
/// which a proxy may stand far away, it is on this machine: another host's address with the same
/// port is another host.
bool is_own(const socket_address& target, const socket_address& bind, const hosts_file& names) {
    const auto* const to = std::get_if<tcp_address>(&target);
    const auto* const at = std::get_if<tcp_address>(&bind);
    if (to == nullptr || at == nullptr)
        return target == bind;
    if (to->port != at->port || to->port == 0)
        return false;
    const auto literal = ip_address::parse(to->host);
    const auto hosts = literal ? std::vector{*literal} : names.addresses(to->host);
    const auto bound = ip_address::parse(at->host);
    const bool is_any = at->host == "0.0.0.0" || at->host == "::";
    return std::any_of(hosts.begin(), hosts.end(), [&](const ip_address& each) {
        const bool is_this_machine =
            each.is_loopback() || to->host == "0.0.0.0" || to->host == "::";
        return bound == each || (is_any && is_this_machine);
    });
}

/// What admits so many connections at a time on a way.
std::vector<haproxy_cap> caps_of(const haproxy_proxies& all, const haproxy_proxy& frontend,
                                 const haproxy_server& server) {
    std::vector<haproxy_cap> caps;
    for (const auto& each : {all.maxconn, frontend.settings.maxconn})
        if (each)
            caps.push_back(*each);
    if (server.options.most)
        caps.push_back({server.where, *server.options.most});
    return caps;
}

class passage_finder {
public:
    passage_finder(const haproxy_proxies& proxies, const haproxy_request& what,
                   haproxy_reading& into)
        : proxies_(proxies), what_(what), into_(into) {}

    /// \param plain  the ways of requests that are no handshakes.
    void find(const haproxy_ways& ways, const haproxy_ways& plain) {
        for (const haproxy_way& each : plain.open)
            plain_.emplace(std::pair(each.frontend, each.backend), each);
        for (const haproxy_way& way : ways.open)
            follow(way);
        while (find_further_out(ways.open)) {
        }
        for (haproxy_passage& each : into_.passages)
            each.is_inner = inner_.contains(each.frontend_head.offset);
        for (const std::size_t frontend : leads_)
            for (const haproxy_bind& bind : proxies_.all[frontend].binds)
                for (const socket_address& at : bind.at)
                    into_.entrances.push_back({at, bind.accepts_proxy});
        if (!into_.passages.empty())
            return;
        into_.closed = std::move(out_of_service_);
        for (const haproxy_closed_way& each : ways.closed)
            add_closed(each);
    }

private:
    /// Of a rule that nothing gets past, only what is behind it makes a difference.
    void add_closed(const haproxy_closed_way& way) {
        const auto& servers = proxies_.all[way.backend].servers;
        const bool leads_here =
            std::any_of(servers.begin(), servers.end(), [&](const haproxy_server& each) {
                const auto target = target_of(each);
                return target && reached_listener(*target, what_.listeners, what_.names);
            });
        if (leads_here)
            into_.closed.push_back(
                {way.where, "lets no WebSocket past it",
                 "give it a condition, such as `unless { req.hdr(Upgrade) -m found }`"});
    }

    /// One passage for each listener that the way leads to.
    void follow(const haproxy_way& way) {
        const haproxy_proxy& backend = proxies_.all[way.backend];
        std::set<std::size_t> reached;
        for (const haproxy_server& server : backend.servers) {
            const auto target = target_of(server);
            const auto listener = target && !server.target.is_open
                                      ? reached_listener(*target, what_.listeners, what_.names)
                                      : std::nullopt;
            if (!listener) {
                look_elsewhere(server, target);
                continue;
            }
            if (is_out_of_service(server)) {
                add_out_of_service(server);
                continue;
            }
            leads_.insert(way.frontend);
            if (!reached.insert(*listener).second)
                continue;
            haproxy_passage passage = passage_of(way, server);
            passage.listener = listener;
            passage.target = target;
            if (depends_on_clients(way, *target, what_.listeners[*listener]))
                passage.obstacles.push_back(
                    {.where = server.where,
                     .why = "leads to the address that each client has connected to",
                     .cure = "write " + quoted(to_string(what_.listeners[*listener])) +
                             " as its address",
                     .is_certain = false});
            into_.passages.push_back(std::move(passage));
        }
    }

    /// For a wildcard HAProxy takes the address that its client has connected to.
    bool depends_on_clients(const haproxy_way& way, const socket_address& target,
                            const socket_address& listener) const {
        const auto is_wildcard = [](const tcp_address& each) {
            return each.host == "0.0.0.0" || each.host == "::";
        };
        const auto* const to = std::get_if<tcp_address>(&target);
        const auto* const at = std::get_if<tcp_address>(&listener);
        if (to == nullptr || at == nullptr || !is_wildcard(*to) || is_wildcard(*at))
            return false;
        for (const haproxy_bind& bind : proxies_.all[way.frontend].binds)
            for (const socket_address& each : bind.at)
                if (const auto* const own = std::get_if<tcp_address>(&each))
                    if (own->host != at->host)
                        return true;
        return false;
    }

    /// Where HAProxy connects; the path of a socket begins in its own root.
    std::optional<socket_address> target_of(const haproxy_server& server) const {
        const auto* const path =
            server.target.to ? std::get_if<unix_address>(&*server.target.to) : nullptr;
        if (path == nullptr || proxies_.chroot.empty() || !path->path.starts_with('/'))
            return server.target.to;
        return unix_address{proxies_.chroot + path->path};
    }

    void look_elsewhere(const haproxy_server& server, const std::optional<socket_address>& target) {
        const auto any_listener = [&](auto predicate) {
            return std::any_of(what_.listeners.begin(), what_.listeners.end(), predicate);
        };
        if (server.target.is_open) {
            const auto may_be = [&](const socket_address& listener) {
                return !server.target.to || is_open_to(*server.target.to, listener);
            };
            if (any_listener(may_be))
                into_.undecided.push_back(
                    {server.where, "its address is known only when HAProxy runs"});
        } else if (target && any_listener([&](const socket_address& each) {
                       return may_reach(*target, each, what_.names);
                   })) {
            into_.undecided.push_back({server.where, quoted(std::get<tcp_address>(*target).host) +
                                                         " is a name that is not in /etc/hosts"});
        } else if (server.target.to && *server.target.to != target &&
                   reached_listener(*server.target.to, what_.listeners)) {
            out_of_service_.push_back(
                {.where = server.where,
                 .why = "is looked for in HAProxy's `chroot`, as " + quoted(to_string(*target)),
                 .cure = "let the gateway listen at " + quoted(to_string(*target)) +
                         ", or write a TCP address here"});
        } else if (target) {
            into_.elsewhere.push_back({server.where, *target});
        }
    }

    /// An address without a port of its own: HAProxy takes the one that the client used.
    bool is_open_to(const socket_address& host, const socket_address& listener) const {
        const auto* const to = std::get_if<tcp_address>(&host);
        const auto* const at = std::get_if<tcp_address>(&listener);
        return to != nullptr && at != nullptr &&
               reaches(tcp_address{to->host, at->port}, listener, what_.names);
    }

    static bool is_out_of_service(const haproxy_server& server) {
        return server.options.is_disabled || server.options.has_no_weight;
    }

    void add_out_of_service(const haproxy_server& server) {
        out_of_service_.push_back(
            {.where = server.where,
             .why = server.options.is_disabled ? "is out of service: `disabled`"
                                               : "gets no new connection: `weight 0`",
             .cure = server.options.is_disabled ? "remove `disabled` from this line"
                                                : "remove `weight 0` from this line"});
    }

    /// Ways to frontends of this file that lead to the gateway; false if there are no more.
    bool find_further_out(const std::vector<haproxy_way>& ways) {
        std::vector<haproxy_passage> found;
        std::set<std::size_t> leading;
        for (std::size_t i = 0; i < ways.size(); ++i) {
            const haproxy_way& way = ways[i];
            for (const haproxy_server& server : proxies_.all[way.backend].servers) {
                const haproxy_bind* const bind = own_bind(server, way.frontend);
                if (bind == nullptr || is_out_of_service(server) ||
                    !joined_.insert({i, server.where.offset}).second)
                    continue;
                haproxy_passage passage = passage_of(way, server);
                passage.target = server.target.to;
                passage.is_proxy_header_taken = bind->accepts_proxy;
                found.push_back(std::move(passage));
                leading.insert(way.frontend);
            }
        }
        into_.passages.insert(into_.passages.end(), found.begin(), found.end());
        leads_.insert(leading.begin(), leading.end());
        return !found.empty();
    }

    /// The `bind` of another frontend that leads to the gateway, if this server reaches one.
    const haproxy_bind* own_bind(const haproxy_server& server, std::size_t from) {
        if (!server.target.to || server.target.is_open)
            return nullptr;
        for (const std::size_t frontend : leads_) {
            if (frontend == from)
                continue;
            for (const haproxy_bind& bind : proxies_.all[frontend].binds)
                for (const socket_address& at : bind.at)
                    if (is_own(*server.target.to, at, what_.names)) {
                        inner_.insert(proxies_.all[frontend].head.offset);
                        return &bind;
                    }
        }
        return nullptr;
    }

    /// All that does not depend on where it leads.
    haproxy_passage passage_of(const haproxy_way& way, const haproxy_server& server) const {
        const haproxy_proxy& frontend = proxies_.all[way.frontend];
        const haproxy_proxy& backend = proxies_.all[way.backend];
        const haproxy_server_options& options = server.options;
        haproxy_passage passage{.where = backend.head,
                                .title = std::string(backend.head.text()),
                                .frontend = frontend.name,
                                .frontend_head = frontend.head,
                                .server = server.where,
                                .listener = {},
                                .target = {},
                                .limits = haproxy_idle_limits(frontend, backend, way),
                                .has_client_fin = frontend.settings.client_fin.has_value(),
                                .sends_proxy_header = options.sends_proxy || options.sends_proxy2,
                                .is_transparent = options.is_transparent,
                                .speaks_http =
                                    frontend.settings.speaks_http || backend.settings.speaks_http,
                                .is_secure = options.speaks_tls || backend.settings.speaks_http
                                                 ? std::optional(options.speaks_tls)
                                                 : std::nullopt,
                                .told = {},
                                .obstacles = find_header_obstacles(frontend, way),
                                .caps = caps_of(proxies_, frontend, server),
                                .check = {}};
        if (const auto plain = plain_.find({way.frontend, way.backend}); plain != plain_.end()) {
            const auto silences = haproxy_silence_limits(frontend, backend, plain->second);
            passage.limits.insert(passage.limits.end(), silences.begin(), silences.end());
        }
        if (options.keeps)
            passage.limits.push_back({.kind = limit_kind::keep_alive,
                                      .value = *options.keeps,
                                      .option = "pool-purge-delay",
                                      .setting = "pool-purge-delay {}s",
                                      .place = passage.title,
                                      .origin = limit_origin::file,
                                      .where = server.where});
        passage.obstacles.insert(passage.obstacles.end(), way.endings.begin(), way.endings.end());
        add_haproxy_telling(frontend, passage.told);
        if (way.backend != way.frontend) {
            add_haproxy_telling(backend, passage.told);
            const auto more = find_header_obstacles(backend, way);
            passage.obstacles.insert(passage.obstacles.end(), more.begin(), more.end());
        }
        if (options.speaks_h2 && !options.upgrades_by_h1)
            passage.obstacles.push_back(
                {.where = server.where,
                 .why = "speaks HTTP/2 to the gateway, which takes WebSockets by HTTP/1.1",
                 .cure = "remove `proto h2` from this line"});
        if (options.is_checked && !options.is_checked_elsewhere)
            passage.check = backend.settings.http_check;
        return passage;
    }

    const haproxy_proxies& proxies_;
    const haproxy_request& what_;
    haproxy_reading& into_;
    std::map<std::pair<std::size_t, std::size_t>, haproxy_way> plain_; // by frontend and backend
    std::set<std::size_t> leads_; // frontends that lead to the gateway
    std::set<std::size_t> inner_; // offsets of heads of frontends behind another one
    std::set<std::pair<std::size_t, std::size_t>> joined_; // ways and servers that were followed
    std::vector<haproxy_obstacle> out_of_service_;
};

} // namespace

void find_haproxy_passages(const haproxy_proxies& proxies, const haproxy_request& what,
                           haproxy_findings& findings, haproxy_reading& into) {
    haproxy_findings said_already; // with the ways of handshakes
    passage_finder(proxies, what, into)
        .find(find_haproxy_ways(proxies.all, findings),
              find_haproxy_ways(proxies.all, said_already, true));
}

} // namespace pulsegate
