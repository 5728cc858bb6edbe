#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"
#include "config/port.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pulsegate {
namespace {

struct scheme_row {
    std::string_view text;
    std::uint16_t default_port; // RFC 6455 §3
    bool is_secure;
};
constexpr std::array schemes{scheme_row{"ws://", 80, false}, scheme_row{"wss://", 443, true}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A name as resolvers take it, and not an IPv4 address with a mistake in it: the last label of a
/// name is never a number (RFC 3696 §2).
bool is_host_name(std::string_view host) {
    const bool has_name_characters = std::all_of(host.begin(), host.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_' || c == '.';
    });
    if (host.empty() || host.size() > 253 || !has_name_characters || host.front() == '.' ||
        host.find("..") != std::string_view::npos)
        return false;
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return !std::all_of(last.begin(), last.end(), is_digit) || last.empty();
}

parse_error wrong_scheme(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> others{
        {{"http://", "ws://"},
         {"https://", "wss://"},
         {"tcp://", "ws://"},
         {"WS://", "ws://"},
         {"WSS://", "wss://"}}};
    for (const auto& [other, meant] : others)
        if (text.starts_with(other))
            return {quoted(text) + " is not a WebSocket URL",
                    "write `" + std::string(meant) + std::string(text.substr(other.size())) + '`'};
    if (text.find("://") == std::string_view::npos && text.find(':') != std::string_view::npos)
        return {quoted(text) + " has no scheme", "write `ws://" + std::string(text) + '`'};
    return {quoted(text) + " is not an upstream",
            "write `echo`, or the URL of the application, such as `ws://127.0.0.1:8000`"};
}

parsed<tcp_address> parse_authority(std::string_view text, std::uint16_t default_port) {
    tcp_address out{"", default_port};
    const bool has_brackets = text.starts_with('[');
    const std::size_t host_end =
        has_brackets ? std::min(text.find(']'), text.size() - 1) + 1 : text.rfind(':');
    const std::string_view host = text.substr(0, host_end);
    const std::string_view rest = text.substr(std::min(host_end, text.size()));
    if (!rest.empty()) {
        const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
        if (!port || *port == 0)
            return parse_error{quoted(rest) + " is not a port", "write a number from 1 to 65535"};
        out.port = *port;
    }
    if (!has_brackets && host.find(':') != std::string_view::npos)
        return parse_error{quoted(text) + " has an IPv6 address without brackets",
                           "write it like `ws://[::1]:8000`"};
    const bool is_closed = host.size() > 2 && host.ends_with(']');
    const auto address =
        ip_address::parse(has_brackets && is_closed ? host.substr(1, host.size() - 2) : host);
    if (address && has_brackets == !address->is_v4())
        out.host = address->to_string();
    else if (!has_brackets && is_host_name(host))
        out.host = host;
    else
        return parse_error{quoted(host) + " is neither a host name nor an IP address",
                           "write it like `ws://127.0.0.1:8000`"};
    return out;
}

} // namespace

parsed<upstream> parse_upstream(std::string_view text) {
    if (text == "echo")
        return upstream{echo_upstream{}};
    const auto scheme = std::find_if(schemes.begin(), schemes.end(), [&](const scheme_row& each) {
        return text.starts_with(each.text);
    });
    if (scheme == schemes.end())
        return wrong_scheme(text);
    const std::string_view rest = text.substr(scheme->text.size());
    if (const std::size_t extra = rest.find_first_of("?#"); extra != std::string_view::npos)
        return parse_error{"an upstream has no query and no fragment",
                           "write `" + std::string(scheme->text) +
                               std::string(rest.substr(0, extra)) +
                               "`; a client's own query reaches the application"};
    for (const char c : rest)
        if (!(c > ' ' && c < 0x7F)) // also true for bytes outside ASCII, whatever the sign of char
            return parse_error{quoted(text) + " has a character that no URL may hold",
                               "write it with percent signs, such as `%20` for a space"};
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view authority = rest.substr(0, slash);
    if (authority.find('@') != std::string_view::npos)
        return parse_error{"an upstream has no user name and no password",
                           "remove everything before the `@` and the `@` itself"};
    const auto address = parse_authority(authority, scheme->default_port);
    if (!address.has_value())
        return address.error();
    return upstream{websocket_upstream{.address = *address,
                                       .path = std::string(rest.substr(slash)),
                                       .is_secure = scheme->is_secure}};
}

std::string to_string(const upstream& to) {
    const auto* const app = std::get_if<websocket_upstream>(&to);
    if (app == nullptr)
        return "echo";
    return (app->is_secure ? "wss://" : "ws://") + to_string(socket_address{app->address}) +
           app->path;
}

} // namespace pulsegate
