// The PROXY protocol, versions 1 and 2 (proxy-protocol.txt of HAProxy): a header in front of a
// connection's bytes with which a proxy tells whom it relays. Pure.
#pragma once

#include "base/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

namespace pulsegate {

/// What a listener makes of such headers.
enum class proxy_protocol_mode : std::uint8_t { off, accept, require };

struct proxy_endpoint {
    ip_address address;
    std::uint16_t port = 0;
    friend bool operator==(const proxy_endpoint&, const proxy_endpoint&) = default;
};

/// Both ends of the connection that the proxy relays.
struct proxied_connection {
    proxy_endpoint source;
    proxy_endpoint destination;
    friend bool operator==(const proxied_connection&, const proxied_connection&) = default;
};

/// The bytes so far are the beginning of a header, or may become one. All of them belong to it.
struct proxy_header_begins {};

/// These bytes are no header of either version.
struct no_proxy_header {};

/// A header that breaks the rules; its connection must not be used (§2.1, §2.2).
struct bad_proxy_header {
    const char* what; // a string literal that completes "the PROXY header ..."
};

struct proxy_header {
    std::size_t bytes = 0; // of the connection's bytes, the header's
    /// Nothing if the proxy speaks for itself (LOCAL, as in its health checks), does not know
    /// (UNKNOWN, UNSPEC), or relays what has no IP address: then the real peer counts.
    std::optional<proxied_connection> relayed;
};

using proxy_header_verdict =
    std::variant<proxy_header_begins, no_proxy_header, bad_proxy_header, proxy_header>;

/// Longer headers are refused; what they may hold besides addresses is not bounded otherwise.
inline constexpr std::size_t max_proxy_header_bytes = 4096;

/// Judges the first bytes of a connection. Call it with all of them again when there are more: the
/// verdict on a header depends on its bytes alone, not on how they arrived.
[[nodiscard]] proxy_header_verdict read_proxy_header(std::span<const std::uint8_t> bytes);

} // namespace pulsegate
