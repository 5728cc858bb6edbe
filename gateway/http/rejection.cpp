#include "http/rejection.hpp"

#include "base/assert.hpp"

#include <array>

namespace pulsegate {

// The count that sizes an array.
static_assert(app_error_count == std::size_t(app_error::refused) + 1);

namespace {

using std::chrono::seconds;

constexpr seconds elsewhere{5};   // another gateway may have room
constexpr seconds files_close{5}; // sessions end meanwhile
constexpr seconds client_closes{10};

constexpr std::array<rejection_row, rejection_count> table{{
    {rejection::malformed, "malformed", 400, "this is not an HTTP/1.1 request"},
    {rejection::bad_proxy_header, "bad_proxy_header", 400,
     "no PROXY header: have the proxy send one (`proxy_protocol on;` or `send-proxy-v2`), or set "
     "`proxy_protocol: off`"},
    {rejection::untrusted_peer, "untrusted_peer", 403,
     "only `trusted_proxies` may connect here: the listener has `proxy_protocol: require`"},
    {rejection::foreign_origin, "foreign_origin", 403,
     "pages of this origin may not connect; the route's `origins` decide"},
    {rejection::no_route, "no_route", 404, "no route for this path; the gateway's `routes` decide"},
    {rejection::handshake_timeout, "handshake_timeout", 408,
     "the request did not arrive within `limits.handshake`"},
    {rejection::upgrade_required, "upgrade_required", 426,
     "this is a WebSocket endpoint; behind Nginx, set `proxy_http_version 1.1;` and forward the "
     "`Upgrade` and `Connection` headers"},
    {rejection::client_connection_limit, "client_connection_limit", 429,
     "`limits.connections_per_client` is reached: this address has too many connections",
     client_closes},
    {rejection::client_newcomer_limit, "client_newcomer_limit", 0, ""}, // cut: nothing was asked
    {rejection::client_rate, "client_rate", 429,
     "`limits.handshake_rate_per_client` is reached: this address connects too often", seconds(1)},
    {rejection::headers_too_large, "headers_too_large", 431,
     "the request is larger than `limits.header_bytes`"},
    {rejection::app_unreachable, "app_unreachable", 502, "the application cannot be reached"},
    {rejection::app_not_websocket, "app_not_websocket", 502,
     "the application did not answer with a WebSocket handshake"},
    {rejection::connection_limit, "connection_limit", 503, "`limits.connections` is reached",
     elsewhere},
    {rejection::newcomer_limit, "newcomer_limit", 0, ""}, // likewise
    {rejection::handshake_rate, "handshake_rate", 503,
     "`limits.handshake_rate` is reached: too many connect at once", seconds(1)},
    {rejection::no_descriptors, "no_descriptors", 503, "the gateway has too many open files",
     files_close},
    {rejection::draining, "draining", 503, "the gateway is shutting down", elsewhere},
    {rejection::app_timeout, "app_timeout", 504,
     "the application did not answer within `limits.handshake`"},
    {rejection::app_refused, "app_refused", 0, ""},
    {rejection::tls_failed, "tls_failed", 400, // to plain HTTP; else there is nobody to read it
     "this port speaks TLS; use wss:// or https://, behind Nginx `proxy_pass https://…`"},
    {rejection::client_gone, "client_gone", 0, ""},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].reason != static_cast<rejection>(i))
            return false;
    return true;
}
static_assert(is_in_order());

} // namespace

std::span<const rejection_row> rejection_table() {
    return table;
}

const rejection_row& row_of(rejection reason) {
    return table[static_cast<std::size_t>(reason)];
}

std::string_view label_of(rejection reason) {
    return row_of(reason).label;
}

std::string_view label_of(app_error kind) {
    switch (kind) {
    case app_error::resolve:
        return "resolve";
    case app_error::connect:
        return "connect";
    case app_error::tls:
        return "tls";
    case app_error::timeout:
        return "timeout";
    case app_error::bad_response:
        return "bad_response";
    case app_error::refused:
        return "refused";
    }
    PULSEGATE_ASSERT(false);
}

} // namespace pulsegate
