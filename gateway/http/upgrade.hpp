// The opening handshake as messages (RFC 6455 §4): is a request an upgrade, what goes to the
// application, is its answer a WebSocket handshake, what comes back. No socket here.
#pragma once

#include "base/ip_address.hpp"
#include "config/configuration.hpp"
#include "http/header_lists.hpp"
#include "http/rejection.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate {

using upgrade_request = http::request<http::empty_body>;
using upgrade_response = http::response<http::string_body>;

/// An answer that is not 101, but one of the gateway's own.
struct refusal {
    rejection why;                    // which has a status
    std::string text;                 // one line for people: what is wrong and how to mend it
    std::chrono::seconds retry_after; // > 0: when to come back
};

/// As the table of rejections has it.
[[nodiscard]] refusal refusal_for(rejection why);
/// With a text that says more than the table's.
[[nodiscard]] refusal refusal_for(rejection why, std::string text);

/// Checks that a request has no more than `most` headers; nothing if it has not.
[[nodiscard]] std::optional<refusal> check_header_count(const upgrade_request& request,
                                                        std::uint64_t most);

/// Checks the `Host` of a request (RFC 9112 §3.2): one, and no other than a host may be.
[[nodiscard]] std::optional<refusal> check_host(const upgrade_request& request);

/// Checks that a request is a WebSocket upgrade by RFC 6455 §4.2.1; nothing if it is.
[[nodiscard]] std::optional<refusal> check_upgrade(const upgrade_request& request);

/// Gives a target in absolute form the form that it has elsewhere, `/chat`; its host counts then,
/// not what stood in `Host` (RFC 9112 §3.2.2). Other targets stay. \pre check_upgrade() let it
/// pass.
void use_origin_form(upgrade_request& request);

/// What the gateway knows of the client and adds to the request.
struct client_facts {
    std::optional<ip_address> peer; // nothing on a Unix socket, whose peers are trusted
    bool is_peer_trusted = false;
    std::optional<ip_address> client; // as far as trusted proxies tell
    std::string_view proto = "http";  // of the connection between peer and gateway
    std::string connection_id;
};

/// The request as the application gets it, but for its target and the headers about the client:
/// hop-by-hop headers (RFC 9110 §7.6.1) are gone, and so are offers of extensions whose frames the
/// gateway could not relay.
/// \param is_peer_trusted  a trusted proxy's request: what `Connection` names stays, apart from the
///                         headers that are always hop-by-hop. The client may have named it, to
///                         take away what the proxy has added.
[[nodiscard]] upgrade_request make_app_request(upgrade_request request, const route& way,
                                               bool is_peer_trusted = false);

/// Checks a 101 against the request that it answers (RFC 6455 §4.1); the text says what is wrong
/// with it.
[[nodiscard]] std::optional<std::string> check_app_upgrade(const upgrade_request& sent,
                                                           const upgrade_response& answer);

/// True if permessage-deflate was negotiated (RFC 7692).
[[nodiscard]] bool is_compressed(const upgrade_response& answer);

/// Checks that an answer of the application's other than 101, such as its refusal of an upgrade,
/// can be relayed; the text says what is wrong with it.
[[nodiscard]] std::optional<std::string> check_app_answer(const http::response_header<>& answer);

/// The application's answer as the client gets it, 101 or not.
[[nodiscard]] upgrade_response make_client_response(upgrade_response answer);

/// The gateway's own refusal; closes the connection.
[[nodiscard]] upgrade_response make_refusal(const refusal& why);

/// Adds what `via` says to the header of that name (RFC 9110 §7.6.3); nothing if it is "".
void add_via(http::fields& headers, std::string_view via);

/// Gives an answer its time, unless it has one (RFC 9110 §6.6.1).
void set_date(upgrade_response& answer, std::chrono::sys_seconds now);

} // namespace pulsegate
