// Requests that ask for no WebSocket, as messages (RFC 9110, RFC 9112): may one be relayed, and how
// does the application get it. What two servers could read in two ways, such as two lengths of one
// body, is refused: that is how requests are smuggled past a proxy (RFC 9112 §11.2). No socket
// here.
#pragma once

#include "http/body_relay.hpp"
#include "http/upgrade.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pulsegate {

/// True for a request that is meant to become a WebSocket, if perhaps a proxy took away what would
/// make it one: check_upgrade() judges it.
[[nodiscard]] bool asks_for_websocket(const upgrade_request& request);

/// True if a header goes on in another line, or a line ends without CR, before the empty line that
/// ends the head (RFC 9112 §2.2, §5.2). Beast would join such lines.
/// \param bytes  from the beginning of the head, or of a line of it, on.
[[nodiscard]] bool has_odd_line(std::string_view bytes);

/// True if requests that ask for no WebSocket go to the route's application.
[[nodiscard]] bool passes_http(const route& way);

/// Checks a request that asks for no WebSocket; nothing if it may be relayed.
[[nodiscard]] std::optional<refusal> check_plain_request(const upgrade_request& request);

/// The same for how its body is delimited (RFC 9112 §6): in one way, that everybody understands.
[[nodiscard]] std::optional<refusal> check_body_framing(const upgrade_request& request);

/// How the body of a request is delimited. \pre check_body_framing() let it pass.
[[nodiscard]] body_framing framing_of(const upgrade_request& request);

/// True for methods that may be sent again when it is not known whether they were carried out
/// (RFC 9110 §9.2.2).
[[nodiscard]] bool is_idempotent(http::verb method);

/// What the client's connection allows for the answer.
struct answer_terms {
    bool is_head = false;       // the answer has no body, whatever its headers say
    bool is_http_1_0 = false;   // no interim answers, no chunks
    bool is_kept_alive = false; // the client may ask again on this connection
};
[[nodiscard]] answer_terms terms_of(const upgrade_request& request);

/// The request as the application gets it, but for its target and the headers about the client.
/// \param is_peer_trusted  as of make_app_request().
/// \param keeps_alive      the connection to the application may be used again.
[[nodiscard]] upgrade_request make_plain_app_request(upgrade_request request, bool is_peer_trusted,
                                                     bool keeps_alive);

} // namespace pulsegate
