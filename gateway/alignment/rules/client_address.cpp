// PG315, PG316, PG325: an Nginx from which the gateway cannot learn the clients' addresses.
#include "client/client_address.hpp"
#include "alignment/codes.hpp"
#include "alignment/nginx/variables.hpp"
#include "alignment/rules/rules.hpp"
#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "client/address_header.hpp"
#include "config/address_block.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using protocols = nginx_passage::protocols;

std::string header_line(const std::string& name) {
    const auto form = address_header_form_of(name);
    return "proxy_set_header " + name +
           (form == address_header_form::forwarded ? " \"for=$remote_addr;proto=$scheme\";"
            : form == address_header_form::list    ? " $proxy_add_x_forwarded_for;"
                                                   : " $remote_addr;");
}

/// Who decides the address that a header's value tells.
enum class teller { proxy, client, nobody, unclear };

/// The gateway reads a list from its right end.
teller teller_of(std::string_view value, bool takes_proxy_header) {
    const std::string_view last = value.substr(value.rfind(',') + 1); // all, if there is none
    const nginx_variable variable = find_nginx_variable(last);
    if (variable.length == 0)
        return teller::nobody;
    const std::string_view name = variable.name;
    constexpr std::array<std::string_view, 5> own{"remote_addr", "proxy_add_x_forwarded_for",
                                                  "realip_remote_addr", "proxy_protocol_addr",
                                                  "proxy_add_forwarded"};
    if (name == "proxy_protocol_addr" && !takes_proxy_header)
        return teller::nobody;
    if (std::find(own.begin(), own.end(), name) != own.end())
        return teller::proxy;
    if (name.starts_with("http_") || name.starts_with("arg_") || name.starts_with("cookie_"))
        return teller::client;
    return teller::unclear;
}

teller teller_of(const nginx_header& header, bool takes_proxy_header) {
    std::optional<teller> all;
    for (const std::string& value : header.possible_values) {
        const teller one = teller_of(value, takes_proxy_header);
        if (one == teller::client)
            return one;
        all = all && *all != one ? teller::unclear : one;
    }
    return all.value_or(teller::unclear);
}

const nginx_header* find_header(std::span<const nginx_header> headers, std::string_view name) {
    const auto found =
        std::find_if(headers.rbegin(), headers.rend(), [&](const nginx_header& each) {
            return equals_ignoring_case(each.name, name);
        });
    return found == headers.rend() ? nullptr : &*found;
}

void point_at_key(diagnostic& what, const load_result& loaded, std::string_view key,
                  const char* text) {
    const auto set = loaded.origins.find(std::string(key));
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, text});
}

/// A header that this Nginx does not set comes from the client as it is: fine behind a proxy that
/// sets it, else whatever the client likes.
void check_missing_header(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const std::string& name = loaded.values.client_ip_header;
    if (has_header(passage.lost_headers, name) &&
        has_lost_upgrade(passage.headers, passage.lost_headers))
        return; // PG312 has all lost headers repeated
    diagnostic what{hop_code::nginx_client_header,
                    "Nginx does not set " + quoted(name) +
                        ": clients could choose the address that the gateway sees",
                    {passage.proxy_pass, "passes on whatever the client sent as " + quoted(name)},
                    {},
                    "add beside it `" + header_line(name) + '`'};
    for (const nginx_header& lost : passage.lost_headers)
        if (has_header({&lost, 1}, name))
            what.others.push_back({lost.where, "lost: a deeper block has its own headers"});
    point_at_key(what, loaded, "client_ip_header", "where the gateway looks");
    out.push_back(std::move(what));
}

void check_header(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const std::string& name = loaded.values.client_ip_header;
    const nginx_header* const set = find_header(passage.headers, name);
    if (set == nullptr) {
        if (!passage.has_gaps)
            check_missing_header(passage, loaded, out);
        return;
    }
    const teller by = teller_of(*set, passage.takes_proxy_header);
    if (by == teller::client) {
        diagnostic what{hop_code::nginx_client_header,
                        "clients could choose the address that the gateway sees",
                        {set->where, "passes on what the client sent"},
                        {},
                        "write `" + header_line(name) + "` instead"};
        point_at_key(what, loaded, "client_ip_header", "where the gateway looks");
        out.push_back(std::move(what));
    } else if (by == teller::nobody) {
        diagnostic what{hop_code::nginx_one_client,
                        "all clients look like one to the gateway",
                        {set->where, "tells no client's address"},
                        {},
                        "write `" + header_line(name) + "` instead"};
        point_at_key(what, loaded, "client_ip_header", "where the gateway looks");
        out.push_back(std::move(what));
    }
}

/// The address that the gateway has to trust, and does not.
std::optional<std::string> untrusted(const nginx_passage& passage, const configuration& values) {
    if (!passage.bind)
        return untrusted_peer(passage.target, values);
    const auto bound = ip_address::parse(passage.bound_to); // else the client's, by `transparent`
    return !bound || is_trusted(*bound, to_blocks(values.trusted_proxies))
               ? std::nullopt
               : std::optional(bound->to_string());
}

void check_trust(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const auto peer = untrusted(passage, loaded.values);
    if (!peer)
        return;
    diagnostic what{
        hop_code::nginx_untrusted,
        "the gateway does not believe what this Nginx says of clients",
        {passage.bound_to.empty() ? passage.proxy_pass : *passage.bind, "comes from " + *peer},
        {},
        *peer == "its own address" ? "add the address of this Nginx to `trusted_proxies`"
                                   : "add `" + *peer + "` to `trusted_proxies`"};
    point_at_key(what, loaded, "trusted_proxies", "only these are believed");
    out.push_back(std::move(what));
}

/// A stream adds nothing to what clients send: without a PROXY header their own headers are
/// believed, since they come from a trusted address; by way of a location, all come from Nginx.
void check_stream(const nginx_passage& passage, const load_result& loaded, findings& out) {
    if (passage.proxy_protocol.value || (passage.bind && passage.bound_to.empty()))
        return;
    if (!passage.listener) {
        out.push_back({hop_code::nginx_one_client,
                       "all clients look like one to the server behind this stream",
                       {passage.proxy_pass, "comes from the address of Nginx itself"},
                       {},
                       "add `proxy_protocol on;` beside it; the server that it leads to then needs "
                       "`proxy_protocol` in its `listen`, and\n"
                       "`set_real_ip_from 127.0.0.1;` with `real_ip_header proxy_protocol;`"});
        return;
    }
    if (loaded.values.listeners[*passage.listener].proxy_protocol == proxy_protocol_mode::require ||
        untrusted(passage, loaded.values))
        return;
    diagnostic what{
        hop_code::nginx_client_header,
        "clients could choose the address that the gateway sees",
        {passage.proxy_pass, "passes on what clients send as " +
                                 quoted(loaded.values.client_ip_header) +
                                 ", from an address that is trusted"},
        {},
        "add `proxy_protocol on;` beside it, and `proxy_protocol: require` to the listener"};
    point_at_key(what, loaded, "trusted_proxies", "these are believed");
    out.push_back(std::move(what));
}

void check_real_ip(const nginx_reading& nginx, findings& out) {
    for (const span& each : nginx.trusts_all)
        out.push_back({hop_code::nginx_client_header,
                       "clients could choose the address that Nginx takes for theirs",
                       {each, "believes the header of every client"},
                       {},
                       "name the proxies in front of this Nginx only, or remove the line"});
}

} // namespace

std::optional<std::string> untrusted_peer(const socket_address& target,
                                          const configuration& values) {
    const auto* const tcp = std::get_if<tcp_address>(&target);
    if (tcp == nullptr)
        return std::nullopt;
    const auto trusted = to_blocks(values.trusted_proxies);
    std::string host = lower_case(tcp->host);
    if (host == "localhost" || host == "0.0.0.0")
        host = "127.0.0.1";
    else if (host == "::" || host == "ip6-localhost" || host == "ip6-loopback")
        host = "::1";
    const auto address = ip_address::parse(host);
    if (address && address->is_loopback())
        return is_trusted(*address, trusted) ? std::nullopt : std::optional(address->to_string());
    const bool trusts_others = std::any_of(
        values.trusted_proxies.begin(), values.trusted_proxies.end(), [](const auto& each) {
            const auto* const own = std::get_if<address_block>(&each);
            return own != nullptr && !ip_address::parse(own->network)->is_loopback();
        });
    return trusts_others ? std::nullopt : std::optional<std::string>("its own address");
}

void check_client_address(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        const auto* const nginx = sound_nginx(each);
        if (nginx == nullptr)
            continue;
        const bool is_outermost = &each == &in.proxies.hops.front();
        if (is_outermost)
            check_real_ip(*nginx, out);
        for (const nginx_passage& passage : nginx->passages) {
            if (passage.is_reached == answer::no || is_for_pages(passage, *nginx))
                continue;
            if (passage.protocol == protocols::stream) {
                if (is_outermost)
                    check_stream(passage, in.loaded, out);
                continue;
            }
            if (is_outermost && !passage.is_inner)
                check_header(passage, in.loaded, out);
            if (passage.listener)
                check_trust(passage, in.loaded, out);
        }
    }
}

} // namespace pulsegate
