// Why a request was refused, an upgrade or a plain one, and what was wrong with the application
// then: the two vocabularies that logs, metrics and answers have in common. The first is a table,
// which has what each reason answers with.
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

/// Why an upgrade was not granted; pulsegate_handshakes_rejected_total{reason}.
enum class rejection : std::uint8_t {
    malformed,
    bad_proxy_header, // a PROXY header that is missing or broken
    untrusted_peer,   // where a PROXY header is required
    foreign_origin,
    no_route,
    handshake_timeout,
    upgrade_required,
    client_connection_limit,
    client_newcomer_limit,
    client_rate,
    headers_too_large,
    app_unreachable,   // refused, unresolved, unreachable
    app_not_websocket, // answered, but not with a WebSocket handshake
    app_not_http,      // answered a plain request, but not in HTTP that can be relayed
    connection_limit,
    newcomer_limit,
    handshake_rate,
    no_descriptors, // the gateway's own limit of open files
    no_port,        // no local port towards the application is left
    draining,
    app_timeout,
    app_refused, // the application's own answer is relayed
    loop,        // the gateway's own request has come back: the upstream leads to itself
    tls_failed,
    client_gone,  // before it had an answer
    not_relayed,  // a plain request that only another server could serve
    body_timeout, // the client was silent in the middle of a plain request
    client_request_limit,
};
inline constexpr std::size_t rejection_count = 28;

struct rejection_row {
    rejection reason;
    std::string_view label; // as label value
    unsigned status;        // of the answer; 0: none of the gateway's own
    std::string_view text;  // of the answer, for people, if the caller has none that says more
    std::chrono::seconds retry_after; // > 0: when to come back, if the caller does not know better
    log::level level;                 // of its line
    std::string_view meaning;         // for `pulsegate explain`: what happened, and what to do
};

/// One row for each reason, in the order of the enum.
[[nodiscard]] std::span<const rejection_row> rejection_table();
[[nodiscard]] const rejection_row& row_of(rejection reason);

/// What went wrong with the application while dialling it; pulsegate_app_errors_total{kind}.
enum class app_error : std::uint8_t {
    resolve,
    connect,
    no_port, // of this machine, towards the application's address
    tls,
    timeout,
    bad_response,
    refused,
};
inline constexpr std::size_t app_error_count = 7;

struct app_error_row {
    app_error kind;
    std::string_view label;   // as label value
    std::string_view meaning; // for `pulsegate explain`
};

/// One row for each kind, in the order of the enum.
[[nodiscard]] std::span<const app_error_row> app_error_table();

/// False for what is found before the route of a connection is known.
[[nodiscard]] bool may_have_route(rejection reason);

/// As label values.
[[nodiscard]] std::string_view label_of(rejection reason);
[[nodiscard]] std::string_view label_of(app_error kind);

} // namespace pulsegate
