// Why an upgrade was not granted, and what was wrong with the application then: the two
// vocabularies that logs, metrics and answers have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pulsegate {

/// Why an upgrade was not granted; pulsegate_handshakes_rejected_total{reason}.
enum class rejection : std::uint8_t {
    malformed,               // 400
    bad_proxy_header,        // 400, 403: not by PROXY protocol, or not from a trusted proxy
    foreign_origin,          // 403
    no_route,                // 404
    handshake_timeout,       // 408
    upgrade_required,        // 426
    client_connection_limit, // 429
    client_rate,             // 429
    headers_too_large,       // 431
    app_unreachable,         // 502: refused, unresolved, unreachable
    app_not_websocket,       // 502: answered, but not with a WebSocket handshake
    connection_limit,        // 503
    handshake_rate,          // 503
    no_descriptors,          // 503: the gateway's own limit of open files
    draining,                // 503
    app_timeout,             // 504
    app_refused,             // the application's own answer, relayed
    tls_failed,              // no answer, or 400 to plain HTTP
    client_gone,             // the client left before it had an answer
};
inline constexpr std::size_t rejection_count = 19;

/// What went wrong with the application while dialling it; pulsegate_app_errors_total{kind}.
enum class app_error : std::uint8_t { resolve, connect, tls, timeout, bad_response, refused };
inline constexpr std::size_t app_error_count = 6;

/// As label values.
[[nodiscard]] std::string_view label_of(rejection reason);
[[nodiscard]] std::string_view label_of(app_error kind);

} // namespace pulsegate
