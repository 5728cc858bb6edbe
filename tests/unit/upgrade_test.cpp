#include "http/health_check.hpp"
#include "http/upgrade.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace pulsegate {
namespace {

upgrade_request upgrade_naming(std::string_view names) {
    upgrade_request request{http::verb::get, "/chat", 11};
    request.set(http::field::host, "example.com");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade, " + std::string(names));
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    request.set(http::field::sec_websocket_protocol, "chat");
    request.set("X-Hop", "1");
    return request;
}

TEST_CASE("naming headers of the handshake in Connection does not take them from the application") {
    const upgrade_request request =
        upgrade_naming("host, Sec-WebSocket-Key, sec-websocket-version, Sec-WebSocket-Protocol");
    REQUIRE_FALSE(check_upgrade(request));
    const upgrade_request sent = make_app_request(request, route{});
    CHECK_FALSE(check_upgrade(sent));
    CHECK(sent[http::field::host] == "example.com");
    CHECK(sent[http::field::sec_websocket_protocol] == "chat");
}

TEST_CASE("naming headers of the handshake in Connection does not take them from the client") {
    upgrade_response answer{http::status::switching_protocols, 11};
    answer.set(http::field::upgrade, "websocket");
    answer.set(http::field::connection, "Upgrade, Sec-WebSocket-Accept");
    answer.set(http::field::sec_websocket_accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const upgrade_response relayed = make_client_response(answer);
    CHECK(relayed[http::field::sec_websocket_accept] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("other headers that Connection names stay behind") {
    const upgrade_request sent = make_app_request(upgrade_naming("X-Hop"), route{});
    CHECK(sent.count("X-Hop") == 0);
    CHECK(sent[http::field::connection] == "Upgrade");
}

TEST_CASE("a header that Connection names stays behind however it is written, and how often") {
    upgrade_request request = upgrade_naming("x-hop , ,\tX-OTHER\t,X-Hop;,,  ");
    request.insert("X-Hop", "2");
    request.set("X-Other", "3");
    request.set("X-Hop-2", "4");
    request.set("Keep-Alive", "5");
    request.insert(http::field::connection, "X-Third");
    request.set("X-Third", "6");
    const upgrade_request sent = make_app_request(request, route{});
    CHECK(sent.count("X-Hop") == 0);
    CHECK(sent.count("X-Other") == 0);
    CHECK(sent.count("X-Third") == 0);
    CHECK(sent.count("Keep-Alive") == 0);
    CHECK(sent["X-Hop-2"] == "4");
}

TEST_CASE("a subprotocol of the application's passes, offered or not, for that is the client's to "
          "judge") {
    upgrade_request sent = upgrade_naming("X-Hop");
    for (const char* offer : {"chat", "abc/d==, chat", ""}) {
        for (const char* chosen : {"chat", "other", "", "abc/d=="}) {
            CAPTURE(offer);
            CAPTURE(chosen);
            sent.set(http::field::sec_websocket_protocol, offer);
            upgrade_response answer{http::status::switching_protocols, 11};
            answer.set(http::field::upgrade, "websocket");
            answer.set(http::field::connection, "Upgrade");
            answer.set(http::field::sec_websocket_accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            answer.set(http::field::sec_websocket_protocol, chosen);
            CHECK_FALSE(check_app_upgrade(sent, answer));
            CHECK(make_client_response(answer)[http::field::sec_websocket_protocol] == chosen);
        }
    }
}

/// Processor time to prepare a request for the application, in seconds; the least of a few.
double time_with(const std::string& names, int headers) {
    upgrade_request request = upgrade_naming(names);
    for (int i = 0; i < headers; ++i)
        request.set("X-Header-" + std::to_string(i), "1");
    double least = 1e9;
    for (int i = 0; i < 7; ++i) {
        upgrade_request copy = request;
        timespec before{};
        timespec after{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        copy = make_app_request(std::move(copy), route{});
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        CHECK(copy.count("X-Header-1") == 1);
        least = std::min(least, static_cast<double>(after.tv_sec - before.tv_sec) +
                                    1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec));
    }
    return least;
}

TEST_CASE("a long list of names in Connection is walked once, not once for each header") {
    std::string names;
    for (int i = 0; i < 14'000; ++i)
        names += std::string(1, static_cast<char>('a' + i % 26)) + ",";
    const double few = time_with(names, 9);
    const double many = time_with(names, 90);
    CAPTURE(few);
    CAPTURE(many);
    CHECK(many < 5 * few); // a walk for each would take ten times as long
}

TEST_CASE("a client cannot take away what a trusted proxy has added by naming it in Connection") {
    upgrade_request request = upgrade_naming("X-Hop, Keep-Alive, X-Auth-User");
    request.set("X-Auth-User", "alice");
    request.set("Keep-Alive", "5");
    const upgrade_request sent = make_app_request(request, route{}, /*is_peer_trusted=*/true);
    CHECK(sent["X-Auth-User"] == "alice");
    CHECK(sent["X-Hop"] == "1");
    CHECK(sent.count("Keep-Alive") == 0);
    CHECK(sent[http::field::connection] == "Upgrade");
    CHECK(make_app_request(request, route{}, /*is_peer_trusted=*/false).count("X-Auth-User") == 0);
}

TEST_CASE("only extensions whose frames can be relayed are offered to the application") {
    const struct {
        const char* offered;
        const char* sent;
    } rows[] = {
        {"permessage-deflate", "permessage-deflate"},
        {"x-webkit-deflate-frame", ""},
        {"permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
         "permessage-deflate; client_max_window_bits"},
        {"x-one; a=\"b, permessage-deflate\", Permessage-Deflate;server_no_context_takeover",
         "Permessage-Deflate;server_no_context_takeover"},
        {" , permessage-deflate; client_max_window_bits=10 , ,permessage-deflate",
         "permessage-deflate; client_max_window_bits=10, permessage-deflate"},
        {"bbf-usp-protocol; eid=\"doc::a,b\"", "bbf-usp-protocol; eid=\"doc::a,b\""},
        {"permessage-deflated, permessage-bzip2, \"permessage-deflate\"", ""},
        {"x; a=\"permessage-deflate", ""},
        {"x; a=\"\\\", permessage-deflate", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.offered);
        upgrade_request request = upgrade_naming("x");
        request.set(http::field::sec_websocket_extensions, row.offered);
        const upgrade_request sent = make_app_request(request, route{});
        CHECK(sent[http::field::sec_websocket_extensions] == row.sent);
        CHECK(sent.count(http::field::sec_websocket_extensions) == (*row.sent == 0 ? 0 : 1));
    }
}

TEST_CASE("Host is one host, with or without a port") {
    for (const char* host : {"example.com", "EXAMPLE.com:80", "a_b:8081", "a-b.c", "127.0.0.1:80",
                             "[::1]", "[2001:db8::1]:8081", "[fe80::1%25eth0]", "xn--bcher-kva.de",
                             "example.com.", "example.com:", "caf%C3%A9.example"}) {
        CAPTURE(host);
        upgrade_request request = upgrade_naming("x");
        request.set(http::field::host, host);
        CHECK_FALSE(check_upgrade(request));
    }
    for (const char* host : {"",
                             "a b",
                             "x/y",
                             "u@h",
                             "a, b",
                             "a?b",
                             "a#b",
                             "a\\b",
                             "caf\xC3\xA9.example",
                             "[::1",
                             "::1",
                             "[::1]x",
                             "[127.0.0.1]",
                             "[]",
                             "[",
                             "a:b",
                             "a:80:80",
                             "http://a",
                             ":80",
                             "a%",
                             "a%zz",
                             "<a>"}) {
        CAPTURE(host);
        upgrade_request request = upgrade_naming("x");
        request.set(http::field::host, host);
        const auto wrong = check_upgrade(request);
        REQUIRE(wrong);
        CHECK(row_of(wrong->why).status == 400);
    }
    upgrade_request request = upgrade_naming("x");
    request.insert(http::field::host, "example.com");
    CHECK(check_upgrade(request));
    request.erase(http::field::host);
    CHECK(check_upgrade(request));
}

TEST_CASE("a target with a fragment is refused, wherever it stands") {
    for (const char* target : {"/edit#x", "/edit?a#x", "/#", "http://a/b#c"}) {
        CAPTURE(target);
        upgrade_request request = upgrade_naming("x");
        request.target(target);
        const auto wrong = check_upgrade(request);
        REQUIRE(wrong);
        CHECK(row_of(wrong->why).status == 400);
    }
}

TEST_CASE("426 says whether the client or a proxy in front is to blame") {
    upgrade_request request = upgrade_naming("x");
    request.erase(http::field::upgrade);
    CHECK(check_upgrade(request)->text.find("a proxy in front took") != std::string::npos);
    request.erase(http::field::sec_websocket_key);
    const auto page = check_upgrade(request);
    CHECK(page->text.find("only WebSockets are served here") != std::string::npos);
    CHECK(page->text.find("Nginx") == std::string::npos);
}

TEST_CASE("101 has no length") {
    upgrade_response answer{http::status::switching_protocols, 11};
    answer.set(http::field::content_length, "0");
    answer.insert(http::field::content_length, "0");
    CHECK(make_client_response(answer).count(http::field::content_length) == 0);
}

TEST_CASE("a refusal of the application's comes out as HTTP wants it") {
    upgrade_response answer{http::status::upgrade_required, 11};
    answer.set(http::field::upgrade, "websocket, h2c");
    answer.set(http::field::connection, "Upgrade");
    answer.set(http::field::content_length, "0");
    answer.insert(http::field::content_length, "0");
    const upgrade_response relayed = make_client_response(answer);
    CHECK(relayed[http::field::upgrade] == "websocket, h2c");
    CHECK(relayed[http::field::connection] == "Upgrade, close");
    CHECK(relayed.count(http::field::content_length) == 1);

    answer.result(http::status::forbidden);
    CHECK(make_client_response(answer).count(http::field::upgrade) == 0);
    answer.result(http::status::not_modified);
    CHECK(make_client_response(answer).count(http::field::content_length) == 1);

    CHECK_FALSE(check_app_answer(answer));
    answer.result(99);
    CHECK(check_app_answer(answer));
    answer.result(403);
    answer.set(http::field::transfer_encoding, "chunked");
    CHECK_FALSE(check_app_answer(answer));
    answer.set(http::field::transfer_encoding, "gzip, chunked");
    CHECK(check_app_answer(answer));
}

TEST_CASE("a request says once that it has no body") {
    upgrade_request request = upgrade_naming("x");
    request.set(http::field::content_length, "0");
    request.insert(http::field::content_length, "0");
    const upgrade_request sent = make_app_request(request, route{});
    CHECK(sent.count(http::field::content_length) == 1);
}

TEST_CASE("Via has each program that relayed the message, the last one at its end") {
    upgrade_request request = upgrade_naming("x");
    add_via(request, "");
    CHECK(request.count(http::field::via) == 0);
    add_via(request, "gate");
    CHECK(request[http::field::via] == "1.1 gate");
    request.set(http::field::via, "1.0 a");
    request.insert(http::field::via, "2 b");
    add_via(request, "gate");
    CHECK(request[http::field::via] == "1.0 a, 2 b, 1.1 gate");
    CHECK(request.count(http::field::via) == 1);
}

TEST_CASE("an answer has its time, as HTTP writes it") {
    using namespace std::chrono;
    upgrade_response answer{http::status::forbidden, 11};
    set_date(answer, sys_days(1994y / November / 6) + 8h + 49min + 37s);
    CHECK(answer[http::field::date] == "Sun, 06 Nov 1994 08:49:37 GMT");
    set_date(answer, sys_seconds(0s));
    CHECK(answer[http::field::date] == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("a health check is plain HTTP for the path of the configuration") {
    upgrade_request request{http::verb::get, "/healthz?full=1", 11};
    request.set(http::field::host, "a");
    CHECK(is_health_check(request, "/healthz"));
    CHECK_FALSE(is_health_check(request, ""));
    CHECK_FALSE(is_health_check(request, "/health"));
    request.method(http::verb::post);
    CHECK_FALSE(is_health_check(request, "/healthz"));

    // As HAProxy's `option httpchk` sends it by itself.
    request = {http::verb::options, "/", 10};
    CHECK(is_health_check(request, "/"));
    const upgrade_response answer = make_health_answer(request, false);
    CHECK(answer.result() == http::status::ok);
    CHECK(answer[http::field::allow] == "GET, HEAD, OPTIONS");
    CHECK(make_health_answer(request, true).result() == http::status::service_unavailable);

    upgrade_request socket = upgrade_naming("x");
    socket.target("/");
    CHECK_FALSE(is_health_check(socket, "/")); // goes to its route
}

} // namespace
} // namespace pulsegate
