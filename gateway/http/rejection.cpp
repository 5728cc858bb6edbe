#include "http/rejection.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {

// The count that sizes an array.
static_assert(app_error_count == std::size_t(app_error::refused) + 1);

namespace {

using std::chrono::seconds;

constexpr seconds never{0};
constexpr seconds elsewhere{5};   // another gateway may have room
constexpr seconds files_close{5}; // sessions end meanwhile
constexpr seconds ports_free{5};  // likewise
constexpr seconds client_closes{10};

using enum log::level;

// clang-format off
constexpr std::array<rejection_row, rejection_count> table{{
    {rejection::malformed, "malformed", 400, "this is not an HTTP/1.1 request", never, info,
     "what came is no HTTP/1.1 request, or no WebSocket handshake by RFC 6455, or its path can be\n"
     "read as one of two routes; the line's `detail` and the answer say which. Scanners of ports\n"
     "cause it, and clients that speak another protocol."},
    {rejection::bad_proxy_header, "bad_proxy_header", 400,
     "no PROXY header: have the proxy send one (`proxy_protocol on;` or `send-proxy-v2`), or set "
     "`proxy_protocol: off`", never, info,
     "the listener wants a PROXY header (`proxy_protocol`), and what came first is none, or a\n"
     "broken one. Have the proxy send it, or write `off`."},
    {rejection::untrusted_peer, "untrusted_peer", 403,
     "only `trusted_proxies` may connect here: the listener has `proxy_protocol: require`", never, info,
     "a peer that is none of `trusted_proxies` connected to a listener with `proxy_protocol: require`.\n"
     "If it is your proxy, add its address there."},
    {rejection::foreign_origin, "foreign_origin", 403,
     "pages of this origin may not connect; the route's `origins` decide", never, info,
     "the page that connects is of an origin that is not among the route's `origins`; the line's\n"
     "`origin` has it. If the page is yours, add it there, as scheme, host and port."},
    {rejection::no_route, "no_route", 404, "no route for this path; the gateway's `routes` decide", never, info,
     "no route's `path` is the beginning of the request's, in whole segments. Paths are compared\n"
     "with regard to upper and lower case."},
    {rejection::handshake_timeout, "handshake_timeout", 408,
     "the request did not arrive within `limits.handshake`", never, info,
     "the connection was open for `limits.handshake`, and there was no whole request: a scanner, a\n"
     "health check that only connects, or a client on a line that loses packets."},
    {rejection::upgrade_required, "upgrade_required", 426,
     "only WebSockets are served here, and this request asks for none: connect with `ws://` or "
     "`wss://`, not with a browser's address bar or fetch()", never, info,
     "the request was plain HTTP: a page, an API call or a health check where only WebSockets are\n"
     "served, since the route says `http: refuse` or leads to the built-in echo. Health checks belong\n"
     "to `health.path`. If the client did ask for a WebSocket, the proxy took `Upgrade` away: see PG311."},
    {rejection::client_connection_limit, "client_connection_limit", 429,
     "`limits.connections_per_client` is reached: this address has too many connections",
     client_closes, info,
     "the client's address has as many connections as `limits.connections_per_client` lets it have.\n"
     "Behind a proxy whose word is not believed, all clients have one address: see `trusted_proxies`."},
    {rejection::client_newcomer_limit, "client_newcomer_limit", 0, "", never, info, // cut: nothing was asked
     "the client's address had as many connections without a request as `limits.newcomers_per_client`\n"
     "lets it have; the oldest made room and was closed without an answer."},
    {rejection::client_rate, "client_rate", 429,
     "`limits.handshake_rate_per_client` is reached: this address connects too often", seconds(1), info,
     "the client's address connects more often than `limits.handshake_rate_per_client`. A page that\n"
     "comes back at once, again and again, is the usual cause."},
    {rejection::headers_too_large, "headers_too_large", 431,
     "the request is larger than `limits.header_bytes`", never, info,
     "the request is larger than `limits.header_bytes`, or has more headers than `limits.headers`.\n"
     "Large cookies are the usual cause."},
    {rejection::app_unreachable, "app_unreachable", 502, "the application cannot be reached", never, warning,
     "the route's `upstream` cannot be reached: its name does not resolve, nobody listens, TLS fails;\n"
     "the line's `detail` says which. See `pulsegate_app_errors_total`."},
    {rejection::app_not_websocket, "app_not_websocket", 502,
     "the application did not answer with a WebSocket handshake", never, warning,
     "the application answered, but not as RFC 6455 §4.2.2 demands; the line's `detail` says what is\n"
     "wrong. Often another program listens at the `upstream`."},
    {rejection::app_not_http, "app_not_http", 502,
     "the application's answer cannot be relayed", never, warning,
     "the application answered a plain request, but not as RFC 9112 demands, or it ended the connection\n"
     "without an answer; the line's `detail` says which."},
    {rejection::connection_limit, "connection_limit", 503, "`limits.connections` is reached",
     elsewhere, warning,
     "the gateway has as many connections as `limits.connections`. Raise it, or add a gateway."},
    {rejection::newcomer_limit, "newcomer_limit", 0, "", never, info, // likewise
     "there were as many connections without a request as `limits.newcomers`; the oldest made room\n"
     "and was closed without an answer."},
    {rejection::handshake_rate, "handshake_rate", 503,
     "`limits.handshake_rate` is reached: too many connect at once", seconds(1), info,
     "more clients connect in a second than `limits.handshake_rate`, as after a restart of a proxy.\n"
     "They are told to come back at random times, so that the crowd enters over time."},
    {rejection::no_descriptors, "no_descriptors", 503, "the gateway has too many open files",
     files_close, warning,
     "the process is at its limit of open files; a session takes two. Raise it: `LimitNOFILE` of\n"
     "systemd, `ulimit -n`."},
    {rejection::no_port, "no_port", 503,
     "the gateway's machine has no local port left towards the application", ports_free, warning,
     "each session takes a local port towards the address and port of its application, and Linux has\n"
     "28,232 of them for each unless `net.ipv4.ip_local_port_range` says otherwise. Widen that, or\n"
     "lower `limits.connections`."},
    {rejection::draining, "draining", 503, "the gateway is shutting down", elsewhere, info,
     "the gateway is being stopped and takes no new clients; they are told to come back."},
    {rejection::app_timeout, "app_timeout", 504,
     "the application did not answer within `limits.handshake`", never, warning,
     "the application took longer than `limits.handshake` to accept the connection and answer the\n"
     "request. It is overloaded, or a firewall swallows what is sent to it."},
    {rejection::app_refused, "app_refused", 0, "", never, info,
     "the application answered the request, but not with 101; the client got its answer, whose\n"
     "status is in the line. 401 and 403 are mostly the application's own rules, 404 a path that it\n"
     "does not know."},
    {rejection::loop, "loop", 508,
     "this is a request of the gateway itself: the `upstream` of this route leads back to it", never, warning,
     "the route's `upstream` leads back to a listener of this gateway, perhaps through a proxy, so each\n"
     "connection would open another one. Let it lead to the application."},
    {rejection::tls_failed, "tls_failed", 400, // to plain HTTP; else there is nobody to read it
     "this port speaks TLS; use wss:// or https://, behind Nginx `proxy_pass https://…`", never, info,
     "the TLS handshake failed; the line's `detail` has OpenSSL's words. Scanners cause it, clients\n"
     "that do not trust the certificate, and plain HTTP, which alone gets an answer."},
    {rejection::client_gone, "client_gone", 0, "", never, debug,
     "the client left before it had its answer: a page that was closed, a health check that only\n"
     "connects, a proxy whose patience is shorter than the application's answer takes."},
    {rejection::not_relayed, "not_relayed", 501, "only another server could serve this request", never, info,
     "CONNECT, TRACE, or a change to another protocol than `websocket` (the header `Upgrade`): the\n"
     "gateway relays WebSockets and plain HTTP only. Have the proxy in front send it elsewhere."},
    {rejection::body_timeout, "body_timeout", 408,
     "the rest of the request did not arrive within `http.body`", never, info,
     "the client was silent for `http.body` in the middle of a plain request, whose beginning the\n"
     "application had already. A client on a line that loses packets, or a scanner."},
    {rejection::client_request_limit, "client_request_limit", 429,
     "`limits.requests_per_client` is reached: this address asks for too much at once",
     seconds(1), info,
     "the client's address has as many plain requests and event streams under way as\n"
     "`limits.requests_per_client` lets it have. Behind a proxy whose word is not believed, all clients\n"
     "have one address: see `trusted_proxies`."},
}};

constexpr std::array<app_error_row, app_error_count> app_errors{{
    {app_error::resolve, "resolve", "the host name of the `upstream` does not resolve."},
    {app_error::connect, "connect",
     "no TCP connection to the application: it is not running, listens elsewhere, or a firewall\n"
     "refuses."},
    {app_error::no_port, "no_port",
     "the gateway's machine has no local port left towards the application's address and port."},
    {app_error::tls, "tls",
     "no TLS with the application: its certificate is not trusted, is for another name or has none\n"
     "in its subject alternative names, or it speaks no TLS (`ws://`)."},
    {app_error::timeout, "timeout",
     "the application did not accept the connection, or did not answer, within `limits.handshake`."},
    {app_error::bad_response, "bad_response",
     "the application answered, but not in HTTP or not with a WebSocket handshake."},
    {app_error::refused, "refused",
     "the application answered with another status than 101, which the client got: `app_refused`."},
}};
// clang-format on

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].reason != static_cast<rejection>(i))
            return false;
    for (std::size_t i = 0; i < app_errors.size(); ++i)
        if (app_errors[i].kind != static_cast<app_error>(i))
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

bool may_have_route(rejection reason) {
    using enum rejection;
    constexpr std::array before{
        not_relayed,    bad_proxy_header,      untrusted_peer,    no_route,  handshake_timeout,
        newcomer_limit, client_newcomer_limit, headers_too_large, tls_failed};
    return std::find(before.begin(), before.end(), reason) == before.end();
}

std::string_view label_of(rejection reason) {
    return row_of(reason).label;
}

std::span<const app_error_row> app_error_table() {
    return app_errors;
}

std::string_view label_of(app_error kind) {
    return app_errors.at(static_cast<std::size_t>(kind)).label;
}

} // namespace pulsegate
