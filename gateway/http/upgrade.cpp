#include "http/upgrade.hpp"

#include "http/extensions.hpp"
#include "http/header_lists.hpp"
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

void mark_as_upgrade(http::fields& fields) {
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
    const std::string offered = joined(sent, "Sec-WebSocket-Extensions");
    const std::string chosen = joined(answer, "Sec-WebSocket-Extensions");
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
        offer(request, relayed_offers(joined(request, "Sec-WebSocket-Extensions")));
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
    const std::string extensions = joined(answer, "Sec-WebSocket-Extensions");
    return http::ext_list(extensions).exists("permessage-deflate");
}

std::optional<std::string> check_app_answer(const http::response_header<>& answer) {
    if (answer.result_int() < 100)
        return "the application answered with the status " + std::to_string(answer.result_int());
    const std::string coding = joined(answer, "Transfer-Encoding");
    if (!coding.empty() && !iequals(coding, "chunked"))
        return "the application answered in a transfer coding that is not undone here";
    return std::nullopt;
}

upgrade_response make_client_response(upgrade_response answer) {
    const bool tells_protocols = answer.result() == http::status::upgrade_required;
    const std::string protocols = tells_protocols ? joined(answer, "Upgrade") : "";
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
    const std::string before = joined(headers, "Via");
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
