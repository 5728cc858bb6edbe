// PG337 and PG338: a HAProxy from which the gateway does not learn who its clients are.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/ascii_case.hpp"
#include "base/quoted.hpp"
#include "client/address_header.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

using ways = haproxy_address_header::ways;

/// Nothing is known of the client behind another frontend, unless that one tells it in a PROXY
/// header; it has to be told on then.
bool sees_clients(const haproxy_passage& of, const haproxy_reading& all) {
    return !of.is_inner ||
           std::any_of(all.passages.begin(), all.passages.end(), [](const haproxy_passage& each) {
               return !each.listener && each.sends_proxy_header && each.is_proxy_header_taken;
           });
}

std::string cure(const haproxy_passage& passage, const std::string& header) {
    if (!passage.speaks_http)
        return "add `send-proxy-v2` to this line, and `proxy_protocol: require` to that listener";
    if (equals_ignoring_case(header, "X-Forwarded-For"))
        return "add `option forwardfor` to " + quoted(passage.title);
    const bool is_forwarded = address_header_form_of(header) == address_header_form::forwarded;
    return "add `http-request set-header " + header + (is_forwarded ? " for=%[src]`" : " %[src]`") +
           " to " + quoted(passage.title);
}

void check_header(const haproxy_passage& passage, const load_result& loaded, findings& out) {
    const bool is_told_by_proxy =
        passage.sends_proxy_header && (passage.listener || passage.is_proxy_header_taken);
    if (is_told_by_proxy || passage.is_transparent)
        return;
    const std::string& name = loaded.values.client_ip_header;
    const bool is_list = address_header_form_of(name) != address_header_form::single;
    const haproxy_address_header* told = nullptr;
    for (const haproxy_address_header& each : passage.told) {
        if (!equals_ignoring_case(each.name, name))
            continue;
        // Of a header with one address, what the client sent stands before what is added.
        if (each.way == ways::set || (each.way == ways::added && is_list))
            return;
        told = &each;
    }
    diagnostic what{hop_code::haproxy_client_address,
                    told != nullptr
                        ? "clients could choose the address that the gateway sees"
                        : "the gateway does not learn the addresses of HAProxy's clients",
                    {},
                    {},
                    ""};
    if (told == nullptr) {
        what.primary = {passage.server,
                        "comes without " + quoted(name) + ": all of them look like this HAProxy"};
        what.help = cure(passage, name);
    } else if (told->way == ways::added) {
        what.primary = {told->where,
                        "adds a second one to what the client sent as " + quoted(name)};
        what.help = "write `http-request set-header " + name + " %[src]` instead";
    } else {
        what.primary = {told->where, told->way == ways::as_sent
                                         ? "takes it from a header of the client"
                                         : "believes what the client sent as " + quoted(name)};
        what.help = told->way == ways::as_sent ? "take `%[src]`, the address that HAProxy sees"
                                               : "remove `if-none`";
    }
    const auto set = loaded.origins.find("client_ip_header");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, "where the gateway looks"});
    out.push_back(std::move(what));
}

void check_trust(const haproxy_passage& passage, const load_result& loaded, findings& out) {
    if (!passage.listener || !passage.target || passage.is_transparent)
        return;
    const auto peer = untrusted_peer(*passage.target, loaded.values);
    if (!peer)
        return;
    diagnostic what{hop_code::haproxy_untrusted,
                    "the gateway does not believe what this HAProxy says of clients",
                    {passage.server, "comes from " + *peer},
                    {},
                    *peer == "its own address"
                        ? "add the address of this HAProxy to `trusted_proxies`"
                        : "add `" + *peer + "` to `trusted_proxies`"};
    const auto set = loaded.origins.find("trusted_proxies");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, "only these are believed"});
    out.push_back(std::move(what));
}

} // namespace

void check_haproxy_address(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops) {
        const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading);
        if (haproxy == nullptr)
            continue;
        const bool is_outermost = &each == &in.proxies.hops.front();
        for (const haproxy_passage& passage : haproxy->passages) {
            if (is_outermost && sees_clients(passage, *haproxy))
                check_header(passage, in.loaded, out);
            check_trust(passage, in.loaded, out);
        }
    }
}

} // namespace pulsegate
