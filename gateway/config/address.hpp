// Reads where the gateway listens and what it connects to. Pure: names are not resolved.
#pragma once

#include "base/result.hpp"
#include "config/configuration.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pulsegate {

/// A decimal number from 0 to 65535 and nothing else.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return port;
}

/// `127.0.0.1:8081`, `[::1]:8081` or `unix:/run/pulsegate.sock`; the host comes back in its
/// canonical text. Port 0 lets the kernel choose.
///
/// Errors: anything else; for a host name, `*` or an IPv6 address without brackets the help has the
/// cure.
[[nodiscard]] parsed<socket_address> parse_listener_address(std::string_view text);

/// `echo`, `ws://host:port/path` or `wss://…`: the host is a name or a literal address, the port 80
/// or 443 if absent.
/// Errors: other schemes, user information, a query or a fragment.
[[nodiscard]] parsed<upstream> parse_upstream(std::string_view text);

/// As written in gateway.yaml: `echo`, `ws://127.0.0.1:8000/app`.
[[nodiscard]] std::string to_string(const upstream& to);

} // namespace pulsegate
