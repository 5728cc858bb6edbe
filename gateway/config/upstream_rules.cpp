// PG146: an upstream that is the gateway itself.
#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"
#include "config/rules.hpp"

namespace pulsegate {
namespace {

bool is_name_of_localhost(std::string_view host) {
    const std::string lower =
        lower_case(host.ends_with('.') ? host.substr(0, host.size() - 1) : host); // RFC 6761 §6.3
    return lower == "localhost" || lower.ends_with(".localhost") || lower == "ip6-localhost" ||
           lower == "ip6-loopback";
}

bool is_any(const ip_address& address) {
    return address == *ip_address::parse("0.0.0.0") || address == *ip_address::parse("::");
}

/// True if who connects to `host` on this machine certainly comes to a socket that listens at
/// `listener`. What an interface has for an address is not known here.
bool leads_to(std::string_view host, const ip_address& listener) {
    const auto to = ip_address::parse(host);
    if (!to && !is_name_of_localhost(host))
        return false;
    const bool is_loopback = !to || to->is_loopback() || is_any(*to); // Linux: any is loopback
    if (is_any(listener))
        // `[::]` takes IPv4 as well; `0.0.0.0` takes no IPv6, but a name may be both.
        return is_loopback && (!to || to->is_v4() || !listener.is_v4());
    const auto loopback_v4 = *ip_address::parse("127.0.0.1");
    const auto loopback_v6 = *ip_address::parse("::1");
    if (!to)
        return listener == loopback_v4 || listener == loopback_v6;
    if (is_any(*to))
        return listener == (to->is_v4() ? loopback_v4 : loopback_v6);
    return *to == listener;
}

/// A socket of the gateway's own.
struct own_socket {
    const tcp_address& address;
    const origin* at; // null: the default
    std::string_view key;
};

void check(reading& in, const origin& upstream, const tcp_address& to, const own_socket& own) {
    const auto address = ip_address::parse(own.address.host);
    if (to.port != own.address.port || !address || !leads_to(to.host, *address))
        return;
    diagnostic what{code::own_upstream,
                    "the upstream of this route is the gateway itself",
                    {upstream.value, "every request would come back here"},
                    {},
                    "write the address of the application, or give the gateway another one"};
    if (own.at != nullptr)
        what.others.push_back({own.at->value, "the gateway listens here"});
    else
        what.primary.text += ": " + quoted(own.key) + " is " +
                             to_string(socket_address{own.address}) + " by default";
    in.report(std::move(what));
}

} // namespace

void check_upstreams(reading& in, const configuration& values) {
    std::vector<own_socket> all;
    for (std::size_t i = 0; i < values.listeners.size(); ++i)
        if (const auto* const tcp = std::get_if<tcp_address>(&values.listeners[i].address))
            all.push_back({*tcp, in.find_good("listeners[" + std::to_string(i) + "].address"),
                           "listeners[].address"});
    all.push_back({values.admin.address, in.find_good("admin.address"), "admin.address"});
    for (std::size_t i = 0; i < values.routes.size(); ++i) {
        const origin* const at = in.find_good("routes[" + std::to_string(i) + "].upstream");
        const auto* const app = std::get_if<websocket_upstream>(&values.routes[i].to);
        for (const own_socket& each : all)
            if (at != nullptr && app != nullptr)
                check(in, *at, app->address, each);
    }
}

} // namespace pulsegate
