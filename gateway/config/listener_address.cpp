#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"
#include "config/port.hpp"

#include <algorithm>

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

} // namespace pulsegate
