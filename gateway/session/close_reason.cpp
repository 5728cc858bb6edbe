#include "session/close_reason.hpp"

#include "base/assert.hpp"

#include <array>

namespace pulsegate {
namespace {

// Codes: RFC 6455 §7.4.1 and IANA's registry. 1011 is never used for liveness: it says that the
// application broke. 1014 says that the gateway, not the client, had trouble with the application.
// clang-format off
const std::array<close_reason_row, close_reason_count>& rows() {
    using enum farewell;
    using enum comeback;
    using enum log::level;
    static const std::array<close_reason_row, close_reason_count> all{{
        {close_reason::client_closed, "client_closed", answer, carried, {}, {}, info, no,
         "the client sent a Close frame first"},
        {close_reason::app_closed, "app_closed", carried, answer, {}, {}, info, no,
         "the application sent a Close frame first"},
        {close_reason::client_lost, "client_lost", end, end, {}, {}, info, at_once,
         "the client's connection ended without a Close frame"},
        {close_reason::app_lost, "app_lost", fixed, none, {1014, "application connection lost"}, {}, warning, with_backoff,
         "the application's connection ended without a Close frame"},
        {close_reason::evicted, "evicted", configured, configured, {}, {}, info, at_once,
         "nothing was heard of the client for `heartbeat.timeout`"},
        {close_reason::app_timeout, "app_timeout", fixed, configured, {1014, "application timeout"}, {}, warning, with_backoff,
         "nothing was heard of the application for `heartbeat.timeout`"},
        {close_reason::protocol_error, "protocol_error", fixed, fixed, {1002, "protocol error"}, {}, warning, with_backoff,
         "the client broke the framing rules of RFC 6455"},
        {close_reason::bad_utf8, "bad_utf8", fixed, fixed, {1007, "invalid UTF-8"}, {}, warning, no,
         "the client sent a text message that is not UTF-8"},
        {close_reason::too_big, "too_big", fixed, fixed, {1009, "message too big"}, {}, warning, no,
         "the client sent a message larger than `limits.message`, as it is on the wire (compressed, with permessage-deflate)"},
        {close_reason::app_protocol_error, "app_protocol_error", fixed, violation, {1014, "application protocol error"}, {1002, "protocol error"}, warning, with_backoff,
         "the application broke the framing rules of RFC 6455 or sent text that is not UTF-8"},
        {close_reason::slow_client, "slow_client", none, fixed, {1008, "client too slow"}, {}, warning, with_backoff,
         "the client took not one byte for `limits.write_stall` while data waited for it"},
        {close_reason::slow_app, "slow_app", fixed, none, {1014, "application too slow"}, {}, warning, with_backoff,
         "the application took not one byte for `limits.write_stall` while data waited for it"},
        {close_reason::rate_exceeded, "rate_exceeded", fixed, fixed, {1008, "message rate exceeded"}, {}, warning, with_backoff,
         "the client sent more than the `rate` of its route, whose `action` is close"},
        {close_reason::drained, "drained", configured, configured, {}, {}, info, at_once,
         "the gateway is shutting down and asked the session to end"},
        {close_reason::age, "age", configured, configured, {}, {}, info, at_once,
         "the session reached `limits.session_age` and was asked to come back"},
        {close_reason::admin, "admin", fixed, fixed, {1012, "closed by administrator"}, {}, info, at_once,
         "an administrator closed the session through the admin listener"},
        {close_reason::shutdown, "shutdown", none, none, {}, {}, warning, at_once,
         "the gateway was told to stop at once"},
    }};
    return all;
}
// clang-format on

} // namespace

std::span<const close_reason_row> close_reasons() {
    return rows();
}

const close_reason_row& row_of(close_reason reason) {
    const auto index = static_cast<std::size_t>(reason);
    PULSEGATE_ASSERT(index < rows().size() && rows()[index].reason == reason);
    return rows()[index];
}

} // namespace pulsegate
