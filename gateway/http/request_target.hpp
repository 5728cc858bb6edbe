// The target of an upgrade request in absolute form (RFC 9112 §3.2.2), `GET
// http://example.com/chat`, as clients send it that take the gateway for a proxy. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

/// True for a host with or without a port (RFC 3986 §3.2.2): `example.com`, `a_b:80`, `[::1]:8081`.
[[nodiscard]] bool is_valid_host(std::string_view host);

/// A target taken apart.
struct absolute_target {
    std::string_view host; // with its port, as it belongs into the Host header; never empty
    std::string origin;    // path and query, as other clients send them: begins with `/`
};

/// Takes the absolute form apart; nothing if it is no http or https URI (RFC 6455 §4.2.1) with a
/// host, or has a user (RFC 9110 §4.2.4) or a fragment.
/// \param target  `host` of the result points into it.
[[nodiscard]] std::optional<absolute_target> parse_absolute_target(std::string_view target);

} // namespace pulsegate
