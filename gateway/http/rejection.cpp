#include "http/rejection.hpp"

#include "base/assert.hpp"

namespace pulsegate {

// The counts that size arrays.
static_assert(rejection_count == std::size_t(rejection::client_gone) + 1);
static_assert(app_error_count == std::size_t(app_error::refused) + 1);

std::string_view label_of(rejection reason) {
    switch (reason) {
    case rejection::malformed:
        return "malformed";
    case rejection::bad_proxy_header:
        return "bad_proxy_header";
    case rejection::foreign_origin:
        return "foreign_origin";
    case rejection::no_route:
        return "no_route";
    case rejection::handshake_timeout:
        return "handshake_timeout";
    case rejection::upgrade_required:
        return "upgrade_required";
    case rejection::client_connection_limit:
        return "client_connection_limit";
    case rejection::client_rate:
        return "client_rate";
    case rejection::headers_too_large:
        return "headers_too_large";
    case rejection::app_unreachable:
        return "app_unreachable";
    case rejection::app_not_websocket:
        return "app_not_websocket";
    case rejection::connection_limit:
        return "connection_limit";
    case rejection::handshake_rate:
        return "handshake_rate";
    case rejection::no_descriptors:
        return "no_descriptors";
    case rejection::draining:
        return "draining";
    case rejection::app_timeout:
        return "app_timeout";
    case rejection::app_refused:
        return "app_refused";
    case rejection::tls_failed:
        return "tls_failed";
    case rejection::client_gone:
        return "client_gone";
    }
    PULSEGATE_ASSERT(false);
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
