// Requests of any content, through Beast's parser: one that is let in is a WebSocket upgrade in
// every respect, and what the application gets of it is one as well, and says of the client only
// what the gateway believes.
#include "base/assert.hpp"
#include "base/uri_path.hpp"
#include "client/client_address.hpp"
#include "client/identity_headers.hpp"
#include "http/forwarding_headers.hpp"
#include "http/route_choice.hpp"
#include "http/upgrade.hpp"

#include "input.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <sstream>

using namespace pulsegate;

namespace {

/// What stands around a request.
struct surroundings {
    std::vector<route> routes;
    std::string_view client_ip_header;
    client_facts facts;
    std::vector<ip_block> trusted{{*ip_address::parse("192.0.2.0"), 96 + 24}};
};

surroundings read_surroundings(std::uint8_t choices) {
    constexpr std::array<std::string_view, 4> headers{"X-Forwarded-For", "Forwarded",
                                                      "CF-Connecting-IP", "Client_Ip"};
    constexpr std::array<const char*, 4> app_paths{"", "/", "/app", "/app/"};
    surroundings result;
    const websocket_upstream app{{"127.0.0.1", 8000}, app_paths[choices / 4 % 4], false};
    for (const char* path : {"/chat", "/", "/chat/room"})
        result.routes.push_back({.path = path, .to = app});
    result.client_ip_header = headers[choices % 4];
    result.facts.is_peer_trusted = (choices & 16) != 0;
    if ((choices & 32) == 0)
        result.facts.peer =
            ip_address::parse(result.facts.is_peer_trusted ? "192.0.2.7" : "203.0.113.9");
    else
        result.facts.is_peer_trusted = true; // on a Unix socket
    result.facts.connection_id = "0123456789abcdef";
    return result;
}

std::optional<upgrade_request> parse(std::string_view text) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(32 * 1024);
    boost::system::error_code failure;
    (void)parser.put(boost::asio::buffer(text), failure);
    if (failure || !parser.is_header_done())
        return std::nullopt;
    return parser.release();
}

template <class Message>
std::string to_bytes(const Message& message) {
    std::ostringstream out;
    out << message;
    return out.str();
}

/// True if an element of the list is this word, whatever stands in the others.
bool has_element(const upgrade_request& request, std::string_view name, std::string_view word) {
    std::istringstream all(joined(request, name));
    for (std::string one; std::getline(all, one, ',');) {
        one.erase(0, std::min(one.find_first_not_of(" \t"), one.size()));
        while (one.ends_with(' ') || one.ends_with('\t'))
            one.pop_back();
        if (boost::beast::iequals(one, word))
            return true;
    }
    return false;
}

bool is_key(std::string_view key) {
    std::array<unsigned char, 18> decoded{};
    return key.size() == 24 && key.ends_with("==") && key[21] != '=' &&
           EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()),
                           static_cast<int>(key.size())) == 18;
}

/// RFC 6455 §4.2.1.
void check_is_upgrade(const upgrade_request& request) {
    using http::field;
    PULSEGATE_ASSERT(request.method() == http::verb::get && request.version() == 11);
    PULSEGATE_ASSERT(request.target().starts_with('/'));
    PULSEGATE_ASSERT(request.count(field::host) == 1);
    PULSEGATE_ASSERT(has_element(request, "Upgrade", "websocket"));
    PULSEGATE_ASSERT(has_element(request, "Connection", "upgrade"));
    PULSEGATE_ASSERT(request[field::sec_websocket_version] == "13");
    PULSEGATE_ASSERT(request.count(field::sec_websocket_key) == 1);
    PULSEGATE_ASSERT(is_key(request[field::sec_websocket_key]));
    PULSEGATE_ASSERT(request.count(field::transfer_encoding) == 0 || !request.chunked());
}

/// RFC 9112 §3.2.2, for a target that check_upgrade() has let pass.
void check_origin_form(upgrade_request& request) {
    const std::string before = request.target();
    const std::string host = request[http::field::host];
    use_origin_form(request);
    if (before.starts_with('/')) {
        PULSEGATE_ASSERT(request.target() == before && request[http::field::host] == host);
        return;
    }
    const std::string given = request[http::field::host];
    const std::string_view origin = request.target();
    const std::string_view path = origin.substr(before.ends_with(origin) ? 0 : 1);
    PULSEGATE_ASSERT(!given.empty() && given.find_first_of("/?#@ ") == given.npos);
    const std::string scheme = before.substr(0, before.find("://") + 3);
    PULSEGATE_ASSERT(boost::beast::iequals(scheme, "http://") ||
                     boost::beast::iequals(scheme, "https://"));
    PULSEGATE_ASSERT(before == scheme + given + std::string(path));
}

void check_refusal(const refusal& why) {
    PULSEGATE_ASSERT(!why.text.empty() && why.text.find('\n') == why.text.npos);
    const upgrade_response answer = make_refusal(why);
    PULSEGATE_ASSERT(answer.result_int() >= 400);
    PULSEGATE_ASSERT(!to_bytes(answer).empty());
}

/// The longest of the paths that this one begins with.
std::string_view longest_of(std::string path, const std::vector<route>& routes) {
    path += '/';
    std::string_view longest = "/";
    for (const route& each : routes)
        if (path.starts_with(each.path + "/") && each.path.size() > longest.size())
            longest = each.path;
    return longest;
}

/// As an application does that decodes once and knows nothing else (RFC 3986 §2.1).
std::string decoded_once(std::string_view path) {
    std::string result;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const bool is_encoded = path[at] == '%' && at + 2 < path.size();
        result +=
            is_encoded
                ? static_cast<char>(std::stoi(std::string(path.substr(at + 1, 2)), nullptr, 16))
                : path[at];
        at += is_encoded ? 2 : 0;
    }
    return result;
}

/// The chosen route; nothing if the target is refused.
std::optional<std::size_t> check_route(std::string_view target, const std::vector<route>& routes) {
    const auto choice = choose_route(target, routes);
    if (const auto* const wrong = std::get_if<refusal>(&choice)) {
        check_refusal(*wrong);
        PULSEGATE_ASSERT(wrong->why == rejection::malformed); // one of them takes all
        return std::nullopt;
    }
    const std::size_t found = std::get<std::size_t>(choice);
    const std::string path(target.substr(0, target.find('?')));
    const std::string& chosen = routes[found].path;
    if (is_plain_path(path))
        PULSEGATE_ASSERT(chosen == longest_of(path, routes));
    // Whoever only decodes finds no route below the chosen one.
    PULSEGATE_ASSERT(longest_of(decoded_once(path), routes).size() <= chosen.size());
    return found;
}

void check_target(std::string_view before, std::string_view after, const route& way) {
    PULSEGATE_ASSERT(after.starts_with('/'));
    const auto query_of = [](std::string_view target) {
        return target.substr(std::min(target.find('?'), target.size()));
    };
    PULSEGATE_ASSERT(query_of(before) == query_of(after));
    const std::string& app_path = std::get<websocket_upstream>(way.to).path;
    PULSEGATE_ASSERT(app_path.empty() ? before == after : after.starts_with(app_path));
    const std::string path = std::string(after.substr(0, after.find('?'))) + "/";
    PULSEGATE_ASSERT(app_path.empty() || path.find("/../") == path.npos);
}

/// What the application is told of the client.
void check_words(const upgrade_request& sent, const surroundings& around) {
    const client_facts& facts = around.facts;
    PULSEGATE_ASSERT(sent.count("Pulsegate-Connection-Id") == 1);
    PULSEGATE_ASSERT(sent["Pulsegate-Connection-Id"] == facts.connection_id);
    PULSEGATE_ASSERT(sent.count("X-Real-IP") == (facts.client ? 1u : 0u));
    PULSEGATE_ASSERT(!facts.client || sent["X-Real-IP"] == facts.client->to_string());
    PULSEGATE_ASSERT(sent.count("X-Request-Id") >= 1 && sent.count("X-Forwarded-Proto") >= 1);
    PULSEGATE_ASSERT(sent.count("X-Forwarded-For") <= 1 && sent.count("Forwarded") <= 1);
    if (facts.peer)
        PULSEGATE_ASSERT(sent["X-Forwarded-For"].ends_with(facts.peer->to_string()));
    for (const auto& each : sent) {
        const std::string_view name = each.name_string();
        PULSEGATE_ASSERT(!tells_of_client(name) || name.find('_') == name.npos);
        if (facts.is_peer_trusted || !tells_of_client(name))
            continue;
        if (boost::beast::iequals(name, "X-Forwarded-For"))
            PULSEGATE_ASSERT(each.value() == facts.peer->to_string());
        else if (boost::beast::iequals(name, "Forwarded"))
            PULSEGATE_ASSERT(each.value() == forwarded_element(*facts.peer, facts.proto));
        else if (boost::beast::iequals(name, "X-Forwarded-Proto"))
            PULSEGATE_ASSERT(each.value() == facts.proto);
        else
            PULSEGATE_ASSERT(boost::beast::iequals(name, "X-Real-IP"));
    }
}

void check_app_request(const upgrade_request& request, const route& way, surroundings& around) {
    around.facts.client =
        read_client_address(request, around.client_ip_header, around.facts, around.trusted);
    PULSEGATE_ASSERT(around.facts.is_peer_trusted || around.facts.client == around.facts.peer);
    upgrade_request sent = make_app_request(request, way, around.facts.is_peer_trusted);
    sent.target(target_for_app(sent.target(), way));
    set_forwarding_headers(sent, around.facts, around.client_ip_header);
    check_words(sent, around);
    check_target(request.target(), sent.target(), way);
    PULSEGATE_ASSERT(sent["Connection"] == "Upgrade" && sent.count("Connection") == 1);
    PULSEGATE_ASSERT(sent["Upgrade"] == "websocket" && sent.count("Upgrade") == 1);
    for (const char* const name : {"Keep-Alive", "TE", "Trailer", "Transfer-Encoding",
                                   "Proxy-Connection", "Proxy-Authorization"})
        PULSEGATE_ASSERT(sent.count(name) == 0);

    // The application reads what the gateway means: nothing of the client's ends a line early.
    const auto received = parse(to_bytes(sent));
    PULSEGATE_ASSERT(received.has_value());
    check_is_upgrade(*received);
    PULSEGATE_ASSERT(received->target() == sent.target());
    PULSEGATE_ASSERT(std::equal(received->begin(), received->end(), sent.begin(), sent.end(),
                                [](const auto& a, const auto& b) {
                                    return a.name_string() == b.name_string() &&
                                           a.value() == b.value();
                                }));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in({data, size});
    surroundings around = read_surroundings(in.byte());
    // Either the whole request, or more headers for one that is an upgrade already.
    const bool is_more = in.byte() % 2 == 0;
    const auto rest = in.rest();
    std::string text(rest.begin(), rest.end());
    if (is_more)
        text = "GET /chat/room?id=1 HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n"
               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
               text + "\r\n\r\n";
    auto request = parse(text);
    if (!request)
        return 0;
    if (const auto wrong = check_header_count(*request, 100))
        check_refusal(*wrong);
    if (const auto wrong = check_upgrade(*request)) {
        check_refusal(*wrong);
        return 0;
    }
    check_origin_form(*request);
    check_is_upgrade(*request);
    if (const auto found = check_route(request->target(), around.routes))
        check_app_request(*request, around.routes[*found], around);
    return 0;
}
