#include "http/upgrade.hpp"

#include "client/identity_headers.hpp"
#include "http/extensions.hpp"
#include "http/request_target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
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

template <class Fields>
void erase_hop_by_hop(Fields& fields) {
    for (const field name : hop_by_hop)
        fields.erase(name);
}

/// One look-up for each name in Connection, of which there may be 30,000 in 60 KiB, and none of
/// them twice: the fields are sorted, and those that are there are at most `limits.headers`.
template <class Fields>
void erase_named_in_connection(Fields& fields) {
    const std::string connection = join(fields, "Connection");
    for (std::string_view rest = connection; !rest.empty();) {
        const std::string_view name = next_element(rest);
        // Else a client could take away what was checked already.
        if (fields.find(name) != fields.end() && !tells_of_client(name) &&
            !belongs_to_handshake(name))
            fields.erase(name);
    }
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

void offer(upgrade_request& request, const std::string& extensions) {
    request.erase(field::sec_websocket_extensions);
    if (!extensions.empty())
        request.set(field::sec_websocket_extensions, extensions);
}

refusal malformed(std::string text) {
    return refusal_for(rejection::malformed, std::move(text));
}

bool has_offered_extensions(const upgrade_request& sent, const upgrade_response& answer) {
    const std::string offered = join(sent, "Sec-WebSocket-Extensions");
    const std::string chosen = join(answer, "Sec-WebSocket-Extensions");
    const http::ext_list extensions(chosen);
    return std::all_of(extensions.begin(), extensions.end(), [&](const auto& extension) {
        return http::ext_list(offered).exists(extension.first);
    });
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

std::optional<refusal> check_host(const upgrade_request& request) {
    const auto count = request.count(field::host);
    if (count == 0 && request.version() < 11)
        return std::nullopt;
    if (count != 1)
        return malformed("the request needs one `Host` header");
    if (!is_valid_host(request[field::host]))
        return malformed("`Host` is not the name or address of a host");
    return std::nullopt;
}

std::optional<refusal> check_upgrade(const upgrade_request& request) {
    if (auto wrong = check_host(request))
        return wrong;
    const bool has_key = request.count(field::sec_websocket_key) != 0;
    if (!has_element(request, "Upgrade", "websocket") ||
        !has_element(request, "Connection", "upgrade"))
        return has_key ? refusal_for(rejection::upgrade_required,
                                     "a proxy in front took `Upgrade: websocket` or `Connection: "
                                     "upgrade` away; Nginx needs `proxy_http_version 1.1;` and "
                                     "`proxy_set_header` for both")
                       : refusal_for(rejection::upgrade_required);
    if (request.method() != http::verb::get || request.version() < 11)
        return malformed("a WebSocket upgrade is a GET request with HTTP/1.1");
    if (std::string_view(request.target()).find('#') != std::string_view::npos)
        return malformed("a request target has no fragment; write `%23` for a `#`");
    if (!request.target().starts_with('/') && !parse_absolute_target(request.target()))
        return malformed("the request target is neither a path nor an http:// URI with a host");
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

upgrade_request make_app_request(upgrade_request request, const route& way, bool is_peer_trusted) {
    if (!is_peer_trusted)
        erase_named_in_connection(request);
    erase_hop_by_hop(request);
    mark_as_upgrade(request);
    if (way.heartbeat.reads_text())
        request.erase(field::sec_websocket_extensions);
    else if (request.count(field::sec_websocket_extensions) != 0)
        offer(request, relayed_offers(join(request, "Sec-WebSocket-Extensions")));
    if (request.count(field::content_length) > 1) // all of them 0
        request.set(field::content_length, "0");
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
    return std::nullopt;
}

bool is_compressed(const upgrade_response& answer) {
    const std::string extensions = join(answer, "Sec-WebSocket-Extensions");
    return http::ext_list(extensions).exists("permessage-deflate");
}

std::optional<std::string> check_app_refusal(const upgrade_response& answer) {
    if (answer.result_int() < 100)
        return "the application answered with the status " + std::to_string(answer.result_int());
    const std::string coding = join(answer, "Transfer-Encoding");
    if (!coding.empty() && !iequals(coding, "chunked"))
        return "the application answered in a transfer coding that is not undone here";
    return std::nullopt;
}

upgrade_response make_client_response(upgrade_response answer) {
    const bool tells_protocols = answer.result() == http::status::upgrade_required;
    const std::string protocols = tells_protocols ? join(answer, "Upgrade") : "";
    erase_named_in_connection(answer);
    erase_hop_by_hop(answer);
    answer.version(11);
    if (answer.result() == http::status::switching_protocols) {
        mark_as_upgrade(answer);
        answer.erase(field::content_length); // RFC 9110 §8.6
        return answer;
    }
    answer.set(field::connection, protocols.empty() ? "close" : "Upgrade, close");
    if (!protocols.empty()) // RFC 9110 §15.5.22
        answer.set(field::upgrade, protocols);
    // RFC 9110 §8.6: the one has no length, that of the other is its representation's.
    if (answer.result() == http::status::no_content)
        answer.erase(field::content_length);
    else if (answer.result() != http::status::not_modified)
        answer.content_length(answer.body().size());
    else if (answer.count(field::content_length) > 1) // equal, or it was no HTTP
        answer.set(field::content_length, std::string(answer[field::content_length]));
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

void add_via(http::fields& headers, std::string_view via) {
    if (via.empty())
        return;
    const std::string before = join(headers, "Via");
    headers.set(field::via, (before.empty() ? "" : before + ", ") + "1.1 " + std::string(via));
}

void set_date(upgrade_response& answer, std::chrono::sys_seconds now) {
    if (answer.count(field::date) != 0)
        return;
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(now - day);
    std::array<char, 96> text{}; // RFC 9110 §5.6.7
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days.at(std::chrono::weekday(day).c_encoding()), unsigned(date.day()),
                  months.at(unsigned(date.month()) - 1), int(date.year()),
                  int(time.hours().count()), int(time.minutes().count()),
                  int(time.seconds().count()));
    answer.set(field::date, text.data());
}

} // namespace pulsegate
