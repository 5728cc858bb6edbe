#include "alignment/haproxy/settings.hpp"

#include "base/ip_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pulsegate {
namespace {

constexpr std::array<std::string_view, 6> tcp_families{"ip@",  "ipv4@", "ipv6@",
                                                       "tcp@", "tcp4@", "tcp6@"};

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || rest != end || port == 0)
        return std::nullopt;
    return port;
}

/// The canonical text of a literal address, or the name. No host and `*` mean any address, and a
/// connection to that goes to this machine.
std::string host_of(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']'))
        text = text.substr(1, text.size() - 2);
    if (text.empty() || text == "*")
        return "0.0.0.0";
    const auto literal = ip_address::parse(text);
    return literal ? literal->to_string() : std::string(text);
}

} // namespace

std::optional<socket_address> parse_haproxy_address(std::string_view text) {
    if (constexpr std::string_view transport = "stream+"; text.starts_with(transport))
        text.remove_prefix(transport.size());
    for (const std::string_view family : {"unix@", "uxst@"})
        if (text.starts_with(family))
            return unix_address{std::string(text.substr(family.size()))};
    if (text.starts_with('/'))
        return unix_address{std::string(text)};
    for (const std::string_view family : tcp_families)
        if (text.starts_with(family))
            text.remove_prefix(family.size());
    if (text.starts_with("abns@"))
        return unix_address{std::string(text)};
    if (text.find('@') != std::string_view::npos)
        return std::nullopt;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto port = port_of(text.substr(colon + 1));
    if (!port)
        return std::nullopt;
    return tcp_address{host_of(text.substr(0, colon)), *port};
}

haproxy_target parse_haproxy_target(std::string_view text) {
    if (auto to = parse_haproxy_address(text))
        return {std::move(to), false};
    for (const std::string_view family : tcp_families)
        if (text.starts_with(family))
            text.remove_prefix(family.size());
    if (text.find('@') != std::string_view::npos)
        return {};
    return {tcp_address{host_of(text.substr(0, text.rfind(':'))), 0}, true};
}

std::vector<socket_address> parse_haproxy_binds(std::string_view text) {
    constexpr std::size_t most = 1000;
    std::vector<socket_address> found;
    while (!text.empty()) {
        std::string_view one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        const std::size_t dash = one.rfind('-');
        const auto last = dash == one.npos ? std::nullopt : port_of(one.substr(dash + 1));
        const auto first = parse_haproxy_address(last ? one.substr(0, dash) : one);
        const auto* const tcp = first ? std::get_if<tcp_address>(&*first) : nullptr;
        if (tcp == nullptr || !last) {
            // A path may have a dash and digits at its end.
            if (const auto whole = last ? parse_haproxy_address(one) : first)
                found.push_back(*whole);
            continue;
        }
        const std::uint32_t until = last.value_or(0);
        for (std::uint32_t port = tcp->port; port <= until && found.size() < most; ++port)
            found.emplace_back(tcp_address{tcp->host, static_cast<std::uint16_t>(port)});
    }
    return found;
}

} // namespace pulsegate
