// PG315 and PG316: an Nginx from which the gateway cannot learn the clients' addresses.
#include "client/client_address.hpp"
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address_block.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

std::string header_line(const std::string& name) {
    const auto form = address_header_form_of(name);
    return "proxy_set_header " + name +
           (form == address_header_form::forwarded ? " \"for=$remote_addr;proto=$scheme\";"
            : form == address_header_form::list    ? " $proxy_add_x_forwarded_for;"
                                                   : " $remote_addr;");
}

/// A header that this Nginx does not set comes from the client as it is: fine behind a proxy that
/// sets it, else whatever the client likes.
void check_header(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const std::string& name = loaded.values.client_ip_header;
    if (has_header(passage.headers, name))
        return;
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
    const auto set = loaded.origins.find("client_ip_header");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, "where the gateway looks"});
    out.push_back(std::move(what));
}

/// Over loopback Nginx's own address is known. Else it is any other address, and trusting only
/// loopback cannot be right.
std::optional<std::string> untrusted_peer(const socket_address& target,
                                          const configuration& values) {
    const auto* const tcp = std::get_if<tcp_address>(&target);
    if (tcp == nullptr)
        return std::nullopt;
    const auto trusted = to_blocks(values.trusted_proxies);
    const auto address = ip_address::parse(tcp->host == "localhost" ? "127.0.0.1" : tcp->host);
    if (address && address->is_loopback())
        return is_trusted(*address, trusted) ? std::nullopt : std::optional(address->to_string());
    const bool trusts_others = std::any_of(
        values.trusted_proxies.begin(), values.trusted_proxies.end(), [](const auto& each) {
            const auto* const own = std::get_if<address_block>(&each);
            return own != nullptr && !ip_address::parse(own->network)->is_loopback();
        });
    return trusts_others ? std::nullopt : std::optional<std::string>("its own address");
}

void check_trust(const nginx_passage& passage, const load_result& loaded, findings& out) {
    const auto peer = untrusted_peer(passage.target, loaded.values);
    if (!peer)
        return;
    diagnostic what{hop_code::nginx_untrusted,
                    "the gateway does not believe what this Nginx says of clients",
                    {passage.proxy_pass, "comes from " + *peer},
                    {},
                    *peer == "its own address"
                        ? "add the address of this Nginx to `trusted_proxies`"
                        : "add `" + *peer + "` to `trusted_proxies`"};
    const auto set = loaded.origins.find("trusted_proxies");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, "only these are believed"});
    out.push_back(std::move(what));
}

} // namespace

void check_client_address(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        const auto* const nginx = sound_nginx(each);
        if (nginx == nullptr)
            continue;
        const bool is_outermost = &each == &in.proxies.hops.front();
        for (const nginx_passage& passage : nginx->passages) {
            if (passage.protocol != nginx_passage::protocols::http)
                continue;
            if (is_outermost)
                check_header(passage, in.loaded, out);
            check_trust(passage, in.loaded, out);
        }
    }
}

} // namespace pulsegate
