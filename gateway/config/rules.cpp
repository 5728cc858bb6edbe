#include "config/rules.hpp"

#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "client/address_header.hpp"
#include "config/address.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

std::string item(std::string_view list, std::size_t index, std::string_view name) {
    return std::string(list) + '[' + std::to_string(index) + "]." + std::string(name);
}

/// Port 0 may be repeated: the kernel chooses another port each time.
bool is_same_place(const socket_address& a, const socket_address& b) {
    const auto* const tcp = std::get_if<tcp_address>(&a);
    return a == b && (tcp == nullptr || tcp->port != 0);
}

/// Each pair of addresses, the admin listener's first, is compared once.
void check_addresses(reading& in, const configuration& values) {
    struct place {
        const origin* at; // null: the default
        socket_address address;
    };
    std::vector<place> places;
    const origin* const admin = in.find("admin.address");
    if (admin == nullptr || admin->is_good)
        places.push_back({admin, values.admin.address});
    for (std::size_t i = 0; i < values.listeners.size(); ++i)
        if (const origin* const at = in.find_good(item("listeners", i, "address")))
            places.push_back({at, values.listeners[i].address});
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (!is_same_place(places[i].address, places[j].address))
                continue;
            diagnostic what{code::repeated_address,
                            quoted(to_string(places[i].address)) + " is used twice",
                            {places[i].at->value, ""},
                            {},
                            "give each listener its own address"};
            if (places[j].at != nullptr)
                what.others.push_back({places[j].at->value, "first used here"});
            else
                what.primary.text = "the default of `admin.address` is the same";
            in.report(std::move(what));
            break;
        }
    }
}

/// A note for blocks with room for more than a handful of proxies; loopback is one machine.
void check_trust(reading& in, const configuration& values) {
    constexpr unsigned longest_v4 = 16; // bits of a prefix that is wide
    constexpr unsigned longest_v6 = 56;
    const origin* const at = in.find_good("trusted_proxies");
    for (const trusted_proxy& each : values.trusted_proxies) {
        const auto* const block = std::get_if<address_block>(&each);
        if (at == nullptr || block == nullptr)
            continue;
        const ip_address network = *ip_address::parse(block->network);
        const bool is_wide = block->prefix_bits <= (network.is_v4() ? longest_v4 : longest_v6) &&
                             !(network.is_loopback() && block->prefix_bits >= 8);
        if (!is_wide)
            continue;
        const std::string text = block->network + '/' + std::to_string(block->prefix_bits);
        in.report({code::wide_trust,
                   "every machine in " + quoted(text) + " can choose the address of its clients",
                   {at->value, "who connects from there is believed"},
                   {},
                   "list the addresses of your proxies alone"});
    }
}

/// With one address in the header, the proxy in between takes it from its own peer's.
void check_edges(reading& in, const configuration& values) {
    const bool is_trusted =
        std::find(values.trusted_proxies.begin(), values.trusted_proxies.end(),
                  trusted_proxy(address_provider::cloudflare)) != values.trusted_proxies.end();
    const bool is_single =
        address_header_form_of(values.client_ip_header) == address_header_form::single;
    for (std::size_t i = 0; i < values.proxies.size() && !is_trusted; ++i) {
        const origin* const at = in.find_good(item("proxies", i, "preset"));
        const bool is_last = i + 1 == values.proxies.size();
        if (at == nullptr || values.proxies[i].preset != "cloudflare" || (is_single && !is_last))
            continue;
        diagnostic what{code::edge_untrusted,
                        "clients would have the addresses of Cloudflare's servers",
                        {at->value, "whose servers are not in `trusted_proxies`"},
                        {},
                        ""};
        const origin* const trusted = in.find("trusted_proxies");
        if (trusted != nullptr)
            what.others.push_back({trusted->value, "only these are believed"});
        what.help = trusted != nullptr
                        ? "add `cloudflare` to `trusted_proxies`"
                        : "add `trusted_proxies: [127.0.0.0/8, \"::1/128\", cloudflare]`";
        in.report(std::move(what));
    }
}

void check_paths(reading& in, const configuration& values) {
    for (std::size_t i = 0; i < values.routes.size(); ++i) {
        const origin* const later = in.find_good(item("routes", i, "path"));
        for (std::size_t j = 0; later != nullptr && j < i; ++j) {
            const origin* const first = in.find_good(item("routes", j, "path"));
            if (first == nullptr || values.routes[i].path != values.routes[j].path)
                continue;
            in.report({code::repeated_path,
                       "two routes have the path " + quoted(values.routes[i].path),
                       {later->value, "this route would never be used"},
                       {{first->value, "first used here"}},
                       "remove one of them, or change its path"});
            break;
        }
    }
}

void check_admin(reading& in, const configuration& values) {
    const origin* const address = in.find_good("admin.address");
    const tcp_address& place = values.admin.address;
    if (address == nullptr || ip_address::parse(place.host)->is_loopback() ||
        in.find("admin.token_file") != nullptr)
        return;
    in.report(code::public_admin, {address->value, "reachable from other machines"},
              "the admin listener would be open to everybody",
              "add `token_file: admin.token` with the path of a file with a secret token, or write "
              "`127.0.0.1:" +
                  std::to_string(place.port) + '`');
}

/// Peers on a Unix socket are trusted without being listed.
void check_proxy_protocol(reading& in, const configuration& values) {
    const origin* const trusted = in.find_good("trusted_proxies");
    for (std::size_t i = 0; i < values.listeners.size(); ++i) {
        const listener_settings& each = values.listeners[i];
        const origin* const set = in.find_good(item("listeners", i, "proxy_protocol"));
        if (set == nullptr || each.proxy_protocol == proxy_protocol_mode::off ||
            std::holds_alternative<unix_address>(each.address) || !values.trusted_proxies.empty() ||
            trusted == nullptr)
            continue;
        in.report({code::proxy_protocol_unused,
                   "nobody may send PROXY headers to this listener",
                   {set->value, "believes only `trusted_proxies`"},
                   {{trusted->value, "nobody"}},
                   "list the proxy's address in `trusted_proxies`, or write `off` here"});
    }
}

/// `mode` and `group` of an address without a file.
void check_socket_files(reading& in, const configuration& values) {
    for (std::size_t i = 0; i < values.listeners.size(); ++i) {
        const origin* const address = in.find_good(item("listeners", i, "address"));
        if (address == nullptr || std::holds_alternative<unix_address>(values.listeners[i].address))
            continue;
        for (const std::string_view key : {"mode", "group"})
            if (const origin* const set = in.find(item("listeners", i, key)))
                in.report({code::file_without_use,
                           quoted(key) + " has no effect here",
                           {set->key, "is for Unix sockets"},
                           {{address->value, "is an address of TCP"}},
                           "remove it, or listen on `unix:/run/pulsegate/gateway.sock`"});
    }
}

/// A limit of one client that is above the limit of all: the one of all is always first.
void check_limits(reading& in, const configuration& values) {
    const struct {
        std::string client, all;
        std::uint64_t of_client, of_all;
    } pairs[] = {
        {"limits.connections_per_client", "limits.connections",
         values.limits.connections_per_client, values.limits.connections},
        {"limits.newcomers_per_client", "limits.newcomers", values.limits.newcomers_per_client,
         values.limits.newcomers},
        {"limits.handshake_rate_per_client", "limits.handshake_rate",
         values.limits.handshake_rate_per_client, values.limits.handshake_rate},
    };
    for (const auto& each : pairs) {
        const origin* const client = in.find_good(each.client);
        const origin* const all = in.find(each.all);
        if (client == nullptr || each.of_all == 0 || each.of_client <= each.of_all ||
            (all != nullptr && !all->is_good))
            continue;
        diagnostic what{code::limit_never_reached,
                        "no client can reach " + quoted(each.client),
                        {client->value, "more than all clients together may have"},
                        {},
                        "lower it, or write `0` for no limit of this kind"};
        if (all != nullptr)
            what.others.push_back({all->value, "the limit of all"});
        else
            what.primary.text += ", " + std::to_string(each.of_all) + " by default";
        in.report(std::move(what));
    }
}

constexpr std::array<std::string_view, 4> keys{"ca_file", "certificate", "private_key",
                                               "server_name"};

void check_use(reading& in, const std::string& path, const route& values) {
    const auto* const app = std::get_if<websocket_upstream>(&values.to);
    const origin* const upstream = in.find(path + ".upstream");
    if ((app != nullptr && app->is_secure) || upstream == nullptr || !upstream->is_good)
        return;
    for (const std::string_view key : keys) {
        const origin* const at = in.find(path + ".tls." + std::string(key));
        if (at == nullptr)
            continue;
        const std::string written = to_string(values.to);
        const std::string cure = "remove `tls`";
        in.report({code::tls_without_use,
                   quoted("tls") + " has no effect here",
                   {at->key, ""},
                   {{upstream->value, "is reached without TLS"}},
                   app == nullptr ? cure : cure + ", or write `wss" + written.substr(2) + '`'});
        return;
    }
}

void check_pair(reading& in, const std::string& path) {
    const origin* const certificate = in.find(path + ".tls.certificate");
    const origin* const key = in.find(path + ".tls.private_key");
    if ((certificate == nullptr) == (key == nullptr))
        return;
    const std::string_view missing = certificate == nullptr ? "certificate" : "private_key";
    in.report(code::missing_key,
              {(certificate == nullptr ? key : certificate)->key, "is of no use alone"},
              quoted(path + ".tls." + std::string(missing)) + " is missing",
              "add `" + std::string(missing) +
                  (certificate == nullptr ? ": client.pem`" : ": client.key`"));
}

} // namespace

void check_rules(reading& in, const configuration& values) {
    check_addresses(in, values);
    check_admin(in, values);
    check_proxy_protocol(in, values);
    check_socket_files(in, values);
    check_trust(in, values);
    check_edges(in, values);
    check_paths(in, values);
    check_upstreams(in, values);
    check_app_tls(in, values);
    check_heartbeat(in, "heartbeat", values.heartbeat);
    for (std::size_t i = 0; i < values.routes.size(); ++i)
        check_heartbeat(in, item("routes", i, "heartbeat"), values.routes[i].heartbeat);
    check_proxies(in, values);
    check_limits(in, values);
}

void check_app_tls(reading& in, const configuration& values) {
    for (std::size_t i = 0; i < values.routes.size(); ++i) {
        const std::string path = "routes[" + std::to_string(i) + ']';
        check_use(in, path, values.routes[i]);
        check_pair(in, path);
    }
}

} // namespace pulsegate
