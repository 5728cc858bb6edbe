#include "alignment/nginx/listens.hpp"

#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "config/address.hpp"

#include <algorithm>
#include <optional>

namespace pulsegate {
namespace {

constexpr std::string_view any_v4 = "0.0.0.0";
constexpr std::string_view any_v6 = "::";
constexpr std::uint16_t listen_port = 80;

std::optional<socket_address> listen_address(std::string_view text) {
    if (text.starts_with("unix:"))
        return unix_address{std::string(text.substr(5))};
    if (const auto port = parse_port(text))
        return tcp_address{std::string(any_v4), *port};
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos)
            return std::nullopt;
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        host = text.substr(0, text.rfind(':'));
        port = text.substr(host.size());
    }
    const auto number =
        port.starts_with(':') ? parse_port(port.substr(1)) : std::optional(listen_port);
    if (!number)
        return std::nullopt;
    return tcp_address{host == "*" ? std::string(any_v4) : std::string(host), *number};
}

bool is_local_name(std::string_view host) {
    return equals_ignoring_case(host, "localhost") || host == any_v4 || host == any_v6;
}

bool is_loopback(std::string_view host) {
    const auto address = ip_address::parse(host);
    return is_local_name(host) || (address && address->is_loopback());
}

} // namespace

std::vector<nginx_listen> listens_of(const nginx_directive& server) {
    std::vector<nginx_listen> all;
    for (const nginx_directive& each : server.children) {
        if (each.name() != "listen" || each.arguments() == 0)
            continue;
        const auto address = listen_address(each.argument(0));
        if (!address)
            continue;
        nginx_listen one{each.whole(), *address};
        for (std::size_t i = 1; i < each.arguments(); ++i) {
            const std::string_view word = each.argument(i);
            one.is_secure |= word == "ssl";
            one.is_http2 |= word == "http2";
            one.is_quic |= word == "quic";
            one.is_default |= word == "default_server" || word == "default";
            one.takes_proxy_header |= word == "proxy_protocol";
        }
        all.push_back(std::move(one));
    }
    if (all.empty())
        all.push_back({server.head(), tcp_address{std::string(any_v4), listen_port}});
    return all;
}

bool leads_to_own(const socket_address& target, const socket_address& listen) {
    const auto* const to = std::get_if<tcp_address>(&target);
    const auto* const at = std::get_if<tcp_address>(&listen);
    if (to == nullptr || at == nullptr)
        return target == listen;
    if (to->port != at->port || to->port == 0)
        return false;
    if (is_loopback(to->host))
        return is_loopback(at->host);
    return to->host == at->host;
}

bool has_server_name(const nginx_directive& server, std::string_view name) {
    for (const nginx_directive& each : server.children)
        if (each.name() == "server_name")
            for (std::size_t i = 0; i < each.arguments(); ++i)
                if (equals_ignoring_case(each.argument(i), name))
                    return true;
    return false;
}

} // namespace pulsegate
