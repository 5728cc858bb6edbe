#include "http/plain_request.hpp"

#include "http/request_target.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

using boost::beast::iequals;
using http::field;

refusal malformed_request(std::string text) {
    return refusal_for(rejection::malformed, std::move(text));
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// Protocols that clients offer and do without: RFC 9110 §7.8 lets a server overlook the offer.
bool is_mere_offer(std::string_view protocol) {
    return iequals(protocol, "h2c") || iequals(protocol, "websocket") ||
           iequals(protocol.substr(0, 5), "HTTP/") || iequals(protocol.substr(0, 4), "TLS/");
}

} // namespace

bool asks_for_websocket(const upgrade_request& request) {
    return request.count(field::sec_websocket_key) != 0 ||
           (has_element(request, "Upgrade", "websocket") &&
            has_element(request, "Connection", "upgrade"));
}

bool has_odd_line(std::string_view bytes) {
    for (std::size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) {
        if (at == 0 || bytes[at - 1] != '\r')
            return true;
        const std::string_view next = bytes.substr(at + 1);
        if (next.starts_with("\r\n"))
            return false;
        if (next.starts_with(' ') || next.starts_with('\t'))
            return true;
    }
    return false;
}

bool passes_http(const route& way) {
    return way.http == http_mode::pass && std::holds_alternative<websocket_upstream>(way.to);
}

std::optional<refusal> check_plain_request(const upgrade_request& request) {
    if (auto wrong = check_host(request))
        return wrong;
    if (request.method() == http::verb::connect || request.method() == http::verb::trace)
        return refusal_for(rejection::not_relayed, "the method " +
                                                       std::string(request.method_string()) +
                                                       " is not relayed");
    const std::string protocols = joined(request, "Upgrade");
    for (std::string_view rest = protocols; !rest.empty();)
        if (const std::string_view one = next_element(rest); !is_mere_offer(one))
            return refusal_for(rejection::not_relayed,
                               "of protocols that a client may change to, only `websocket` is "
                               "relayed");
    const std::string_view target = request.target();
    if (target.find('#') != target.npos)
        return malformed_request("a request target has no fragment; write `%23` for a `#`");
    if (!target.starts_with('/') && !parse_absolute_target(target))
        return malformed_request(
            "the request target is neither a path nor an http:// URI with a host");
    return check_body_framing(request);
}

std::optional<refusal> check_body_framing(const upgrade_request& request) {
    const auto codings = request.count(field::transfer_encoding);
    const auto lengths = request.count(field::content_length);
    if (codings != 0 && (lengths != 0 || request.version() < 11))
        return malformed_request(
            "the end of the body is told in two ways: `Transfer-Encoding` stands "
            "alone, and in HTTP/1.1");
    if (codings > 1 || (codings == 1 && !iequals(request[field::transfer_encoding], "chunked")))
        return malformed_request("the only `Transfer-Encoding` of a request is `chunked`");
    if (lengths > 1 || (lengths == 1 && !is_number(request[field::content_length])))
        return malformed_request("the request needs one `Content-Length` at most, a number");
    return std::nullopt;
}

body_framing framing_of(const upgrade_request& request) {
    if (request.count(field::transfer_encoding) != 0)
        return body_framing::chunked;
    const auto length = request.find(field::content_length);
    const bool is_empty =
        length == request.end() || length->value().find_first_not_of('0') == std::string_view::npos;
    return is_empty ? body_framing::none : body_framing::length;
}

bool is_idempotent(http::verb method) {
    using enum http::verb;
    constexpr std::array safe_or_idempotent{get, head, options, put, delete_, propfind, report};
    return std::find(safe_or_idempotent.begin(), safe_or_idempotent.end(), method) !=
           safe_or_idempotent.end();
}

answer_terms terms_of(const upgrade_request& request) {
    return {request.method() == http::verb::head, request.version() < 11, request.keep_alive()};
}

upgrade_request make_plain_app_request(upgrade_request request, bool is_peer_trusted,
                                       bool keeps_alive) {
    const body_framing framing = framing_of(request);
    const std::string length = request[field::content_length];
    const std::string expects = request.version() < 11 ? "" : request[field::expect];
    if (!is_peer_trusted)
        erase_named_in_connection(request);
    erase_hop_by_hop(request);
    // Whatever `Connection` named: what frames the body stays as it was read here.
    request.erase(field::content_length);
    request.erase(field::expect);
    if (framing == body_framing::chunked)
        request.set(field::transfer_encoding, "chunked");
    else if (!length.empty())
        request.set(field::content_length, length);
    if (!expects.empty())
        request.set(field::expect, expects);
    if (!keeps_alive)
        request.set(field::connection, "close");
    request.version(11);
    return request;
}

} // namespace pulsegate
