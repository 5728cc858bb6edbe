#include "config/address.hpp"

#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pulsegate {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_unix_path = 107; // sockaddr_un::sun_path with its final zero; unix(7)

parsed<socket_address> parse_unix(std::string_view text) {
    const std::string_view path = text.substr(unix_prefix.size());
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos)
        return parse_error{quoted(text) + " is not the absolute path of a socket",
                           "write it like `unix:/run/pulsegate.sock`"};
    if (path.size() > longest_unix_path)
        return parse_error{"the path of this socket has " + std::to_string(path.size()) + " bytes",
                           "the kernel takes at most 107"};
    return socket_address{unix_address{std::string(path)}};
}

parse_error wrong_host(std::string_view text, std::string_view host, std::string_view port) {
    const std::string suffix = ':' + std::string(port) + '`';
    if (host.empty() || host == "*")
        return {quoted(text) + " names no address", "write `0.0.0.0" + suffix +
                                                        " for every IPv4 address or `[::]" +
                                                        suffix + " for every IPv6 address"};
    if (host == "localhost")
        return {"`localhost` is a name, not an address", "write `127.0.0.1" + suffix};
    return {quoted(host) + " is not an IP address", "write a literal address such as `127.0.0.1" +
                                                        suffix + "; names are not resolved here"};
}

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

/// An application on a Unix socket, in any of the ways that programs write it.
bool names_unix_socket(std::string_view text) {
    constexpr std::array<std::string_view, 6> beginnings{
        "unix:", "ws+unix:", "wss+unix:", "http+unix:", "ws://unix:", "http://unix:"};
    return text.starts_with('/') ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view each) { return text.starts_with(each); });
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

parsed<socket_address> parse_listener_address(std::string_view text) {
    if (text.starts_with(unix_prefix))
        return parse_unix(text);
    const std::size_t colon = text.rfind(':');
    const auto port = parse_port(text.substr(colon + 1)); // of all the text if there is no colon
    std::string_view host = text.substr(0, colon);
    const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (has_brackets)
        host = host.substr(1, host.size() - 2);
    const auto address = ip_address::parse(host);
    const bool is_v6 = address && !address->is_v4();
    if (is_v6 && !has_brackets && port)
        return parse_error{quoted(text) + " has an IPv6 address without brackets",
                           "write `[" + std::string(host) + "]:" + std::to_string(*port) + '`'};
    if (ip_address::parse(text))
        return parse_error{
            quoted(text) + " has no port",
            "write `" + to_string(socket_address{tcp_address{std::string(text), 8081}}) + '`'};
    if (colon == std::string_view::npos)
        return parse_error{quoted(text) + " is not an address to listen on",
                           "write `127.0.0.1:8081`, `[::1]:8081` or `unix:/run/pulsegate.sock`"};
    if (!port)
        return parse_error{quoted(text.substr(colon + 1)) + " is not a port",
                           "write a number from 0 to 65535; 0 lets the kernel choose"};
    if (!address || has_brackets != is_v6)
        return wrong_host(text, host, text.substr(colon + 1));
    return socket_address{tcp_address{address->to_string(), *port}};
}

parsed<upstream> parse_upstream(std::string_view text) {
    if (text == "echo")
        return upstream{echo_upstream{}};
    if (names_unix_socket(text))
        return parse_error{"applications on Unix sockets are not supported yet",
                           "have the application listen on a port of this machine, such as "
                           "`127.0.0.1:8000`, and write `ws://127.0.0.1:8000`"};
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
