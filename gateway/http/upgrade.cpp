#include "http/upgrade.hpp"

#include "client/identity_headers.hpp"
#include "config/configuration.hpp"
#include "http/request_target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace pulsegate {
namespace {

using boost::beast::iequals;
using http::field;

// RFC 9110 §7.6.1, and what Connection names; Sec-WebSocket-* travels on: both legs speak one
// handshake.
constexpr std::array hop_by_hop{field::connection,
                                field::keep_alive,
                                field::proxy_connection,
                                field::proxy_authenticate,
                                field::proxy_authorization,
                                field::te,
                                field::trailer,
                                field::transfer_encoding,
                                field::upgrade};

template <class Fields>
std::string join(const Fields& fields, std::string_view name) {
    std::string all;
    const auto [first, last] = fields.equal_range(name);
    for (auto at = first; at != last; ++at) {
        if (!all.empty())
            all += ", ";
        all += std::string_view(at->value());
    }
    return all;
}

/// The next element of a list that is separated by commas, without space around it; what is left of
/// the list stays in `rest`. \pre `rest` is not empty.
std::string_view next_element(std::string_view& rest) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    return one.substr(0, one.find_last_not_of(" \t") + 1);
}

/// True if one element of the list is this word and nothing else. Beast reads a list of tokens up
/// to what is none: `websocket x` would be `websocket`, and `h2c/1, websocket` (RFC 9110 §7.8)
/// would not.
template <class Fields>
bool has_element(const Fields& fields, std::string_view name, std::string_view word) {
    const std::string all = join(fields, name);
    for (std::string_view rest = all; !rest.empty();)
        if (iequals(next_element(rest), word))
            return true;
    return false;
}

/// True for headers that whoever speaks the handshake needs: RFC 9110 §7.6.1 forbids to name such
/// headers in Connection, and without them an upgrade that was let in would be none any more.
bool belongs_to_handshake(std::string_view name) {
    constexpr std::string_view family = "Sec-WebSocket-";
    return iequals(name, "Host") || iequals(name.substr(0, family.size()), family);
}

/// One look-up for each name in Connection, of which there may be 30,000 in 60 KiB, and none of
/// them twice: the fields are sorted, and those that are there are at most `limits.headers`.
template <class Fields>
void erase_hop_by_hop(Fields& fields) {
    const std::string connection = join(fields, "Connection");
    for (std::string_view rest = connection; !rest.empty();) {
        const std::string_view name = next_element(rest);
        // Else a client could take away what a proxy has added, or what was checked already.
        if (fields.find(name) != fields.end() && !tells_of_client(name) &&
            !belongs_to_handshake(name))
            fields.erase(name);
    }
    for (const field name : hop_by_hop)
        fields.erase(name);
}

template <class Fields>
void mark_as_upgrade(Fields& fields) {
    fields.set(field::connection, "Upgrade");
    fields.set(field::upgrade, "websocket");
}

/// RFC 6455 §4.1: sixteen bytes in base64, that is 22 characters and two of padding.
bool is_valid_key(std::string_view key) {
    if (key.size() != 24 || !key.ends_with("=="))
        return false;
    return std::all_of(key.begin(), key.end() - 2, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    });
}

/// RFC 6455 §4.2.2, step 5.4.
std::string accept_for(std::string_view key) {
    // Fetched once: OpenSSL's SHA1() looks it up in every call, which takes longer than to hash.
    static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, sha1, nullptr);
    std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), digest.size());
    return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)};
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

bool has_offered_extensions(const upgrade_request& sent, const upgrade_response& answer) {
    const std::string offered = join(sent, "Sec-WebSocket-Extensions");
    const std::string chosen = join(answer, "Sec-WebSocket-Extensions");
    const http::ext_list extensions(chosen);
    return std::all_of(extensions.begin(), extensions.end(), [&](const auto& extension) {
        return http::ext_list(offered).exists(extension.first);
    });
}

/// RFC 6455 §11.3.4: one at most, and one of the client's, letter by letter.
bool has_offered_subprotocol(const upgrade_request& sent, const upgrade_response& answer) {
    const auto count = answer.count(field::sec_websocket_protocol);
    if (count == 0)
        return true;
    const std::string offered = join(sent, "Sec-WebSocket-Protocol");
    const http::token_list tokens(offered);
    return count == 1 && std::find(tokens.begin(), tokens.end(),
                                   answer[field::sec_websocket_protocol]) != tokens.end();
}

} // namespace

refusal refusal_for(rejection why) {
    return refusal_for(why, std::string(row_of(why).text));
}

refusal refusal_for(rejection why, std::string text) {
    return {why, std::move(text), row_of(why).retry_after};
}

std::string joined(const upgrade_request& request, std::string_view name) {
    return join(request, name);
}

std::optional<refusal> check_header_count(const upgrade_request& request, std::uint64_t most) {
    const auto count = std::distance(request.begin(), request.end());
    if (static_cast<std::uint64_t>(count) <= most)
        return std::nullopt;
    return refusal_for(rejection::headers_too_large,
                       "the request has more headers than `limits.headers`, " +
                           std::to_string(most));
}

std::optional<refusal> check_upgrade(const upgrade_request& request) {
    const auto malformed = [](std::string text) {
        return refusal_for(rejection::malformed, std::move(text));
    };
    if (!has_element(request, "Upgrade", "websocket") ||
        !has_element(request, "Connection", "upgrade"))
        return refusal_for(rejection::upgrade_required);
    if (request.method() != http::verb::get || request.version() < 11)
        return malformed("a WebSocket upgrade is a GET request with HTTP/1.1");
    if (!request.target().starts_with('/') && !parse_absolute_target(request.target()))
        return malformed("the request target is neither a path nor an http:// URI with a host");
    if (request.count(field::host) != 1)
        return malformed("the request needs one `Host` header");
    if (request[field::sec_websocket_version] != "13")
        return refusal_for(rejection::upgrade_required,
                           "only version 13 of the WebSocket protocol is spoken here");
    if (request.count(field::sec_websocket_version) != 1) // RFC 6455 §11.3.5
        return malformed("the request needs one `Sec-WebSocket-Version` header");
    if (request.count(field::sec_websocket_key) != 1 ||
        !is_valid_key(request[field::sec_websocket_key]))
        return malformed("`Sec-WebSocket-Key` is not 16 bytes in base64");
    if (request.count(field::transfer_encoding) != 0 ||
        (request.count(field::content_length) != 0 && request[field::content_length] != "0"))
        return malformed("a WebSocket upgrade has no body");
    return std::nullopt;
}

void use_origin_form(upgrade_request& request) {
    const std::string before = request.target();
    if (const auto absolute = parse_absolute_target(before)) {
        request.set(field::host, absolute->host);
        request.target(absolute->origin);
    }
}

std::optional<std::size_t> find_route(std::string_view target, std::span<const route> routes) {
    const std::string_view path = path_of(target);
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (has_path_prefix(path, routes[i].path) &&
            (!best || routes[i].path.size() > routes[*best].path.size()))
            best = i;
    }
    return best;
}

std::string target_for_app(std::string_view target, const route& way) {
    const auto* app = std::get_if<websocket_upstream>(&way.to);
    if (app == nullptr || app->path.empty())
        return std::string(target);
    std::string result = app->path;
    std::string_view rest = target.substr(way.path.size());
    if (result.ends_with('/') && rest.starts_with('/'))
        rest.remove_prefix(1);
    else if (!result.ends_with('/') && !rest.empty() && rest.front() != '/' && rest.front() != '?')
        result += '/';
    return result.append(rest);
}

upgrade_request make_app_request(upgrade_request request, const route& way) {
    request.target(target_for_app(request.target(), way));
    erase_hop_by_hop(request);
    mark_as_upgrade(request);
    if (way.heartbeat.reads_text())
        request.erase(field::sec_websocket_extensions);
    return request;
}

std::optional<std::string> check_app_upgrade(const upgrade_request& sent,
                                             const upgrade_response& answer) {
    if (!has_element(answer, "Upgrade", "websocket") ||
        !has_element(answer, "Connection", "upgrade"))
        return "101 without `Upgrade: websocket` and `Connection: Upgrade`";
    if (answer.version() < 11)
        return "101 in HTTP/1.0";
    if (answer.count(field::sec_websocket_accept) != 1 ||
        answer[field::sec_websocket_accept] != accept_for(sent[field::sec_websocket_key]))
        return "101 with a wrong `Sec-WebSocket-Accept`";
    if (!has_offered_extensions(sent, answer))
        return "101 with an extension that was not offered";
    if (!has_offered_subprotocol(sent, answer))
        return "101 with a subprotocol that was not offered";
    return std::nullopt;
}

bool is_compressed(const upgrade_response& answer) {
    const std::string extensions = join(answer, "Sec-WebSocket-Extensions");
    return http::ext_list(extensions).exists("permessage-deflate");
}

upgrade_response make_client_response(upgrade_response answer) {
    erase_hop_by_hop(answer);
    answer.version(11);
    if (answer.result() == http::status::switching_protocols) {
        mark_as_upgrade(answer);
        return answer;
    }
    answer.set(field::connection, "close");
    // RFC 9110 §8.6: these have no length.
    if (answer.result() == http::status::no_content)
        answer.erase(field::content_length);
    else if (answer.result() != http::status::not_modified)
        answer.content_length(answer.body().size());
    return answer;
}

upgrade_response make_refusal(const refusal& why) {
    const auto status = static_cast<http::status>(row_of(why.why).status);
    upgrade_response result{status, 11};
    result.set(field::server, "pulsegate");
    result.set(field::content_type, "text/plain; charset=utf-8");
    result.set(field::connection, "close");
    if (status == http::status::upgrade_required) {
        result.set(field::upgrade, "websocket");
        result.set(field::connection, "Upgrade, close");
        result.set(field::sec_websocket_version, "13");
    }
    if (why.retry_after.count() > 0)
        result.set(field::retry_after, std::to_string(why.retry_after.count()));
    result.body() = why.text + "\n";
    result.prepare_payload();
    return result;
}

} // namespace pulsegate
