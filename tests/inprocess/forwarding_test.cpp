// The upgrade request as the application sees it, and its answer as the client sees it.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {

TEST_SUITE("forwarding") {

    TEST_CASE("the application sees the client's request without its hop-by-hop headers") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client =
            ws_peer::connect(gate.address(), {.target = "/room/7?name=a%20b&x=1",
                                              .headers = {{"Cookie", "session=abc; theme=dark"},
                                                          {"Authorization", "Bearer t"},
                                                          {"Origin", "https://example.org"},
                                                          {"X-Own", "first"},
                                                          {"X-Own", "second"},
                                                          {"Keep-Alive", "timeout=5"},
                                                          {"Proxy-Authorization", "Basic x"},
                                                          {"TE", "trailers"}}});
        const seen_request seen = app.next_request();
        CHECK(seen.target == "/room/7?name=a%20b&x=1");
        CHECK(seen.header("Host") == "test.example");
        CHECK(seen.header("Cookie") == "session=abc; theme=dark");
        CHECK(seen.header("Authorization") == "Bearer t");
        CHECK(seen.header("Origin") == "https://example.org");
        CHECK(seen.header("X-Own") == "first | second");
        CHECK(seen.header("Connection") == "Upgrade");
        CHECK(seen.header("Upgrade") == "websocket");
        CHECK(seen.header("Keep-Alive") == "");
        CHECK(seen.header("Proxy-Authorization") == "");
        CHECK(seen.header("TE") == "");
    }

    TEST_CASE("headers that Connection names stay behind") {
        raw_app app;
        running_gateway gate("trusted_proxies: []\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        std::string request = upgrade_request_text("/", "X-Hop: secret\r\nX-End: kept\r\n");
        request.replace(request.find("Connection: Upgrade"), 19, "Connection: X-Hop, upgrade");
        client.send(request);
        const raw_app::session served = app.accept_session();
        CHECK(served.request.header("x-hop") == "");
        CHECK(served.request.header("x-end") == "kept");
        CHECK(served.request.header("connection") == "Upgrade");
        CHECK(client.read_head().status() == 101);
    }

    TEST_CASE("a header that a trusted proxy has added stays, though the client names it") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        std::string request = upgrade_request_text("/", "X-Auth-User: alice\r\n");
        request.replace(request.find("Connection: Upgrade"), 19,
                        "Connection: X-Auth-User, upgrade");
        client.send(request);
        const raw_app::session served = app.accept_session();
        CHECK(served.request.header("x-auth-user") == "alice");
        CHECK(served.request.header("connection") == "Upgrade");
        CHECK(client.read_head().status() == 101);
    }

    TEST_CASE("Via tells of the gateway in both directions, if the configuration names it") {
        raw_app app;
        running_gateway gate("via: gate\nroutes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text("/", "Via: 1.1 proxy\r\n"));
        const raw_app::session served = app.accept_session("Content-Length: 0\r\n");
        CHECK(served.request.header("via") == "1.1 proxy, 1.1 gate");
        const http_head head = client.read_head();
        CHECK(head.header("via") == "1.1 gate");
        CHECK(head.header("content-length") == "");
    }

    TEST_CASE("a trusted proxy's word about the client is extended") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(
            gate.address(), {.headers = {{"X-Forwarded-For", "203.0.113.9, 198.51.100.7"},
                                         {"X-Forwarded-Proto", "https"},
                                         {"X-Real-IP", "192.0.2.66"},
                                         {"X-Request-Id", "from-the-proxy"}}});
        const seen_request seen = app.next_request();
        CHECK(seen.header("X-Forwarded-For") == "203.0.113.9, 198.51.100.7, 127.0.0.1");
        CHECK(seen.header("X-Forwarded-Proto") == "https");
        CHECK(seen.header("X-Real-IP") == "198.51.100.7");
        CHECK(seen.header("X-Request-Id") == "from-the-proxy");
        CHECK(seen.header("Pulsegate-Connection-Id").size() == 16);
    }

    TEST_CASE("a stranger's word about the client is replaced") {
        scripted_app app;
        running_gateway gate("trusted_proxies: [192.0.2.0/24]\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client =
            ws_peer::connect(gate.address(), {.headers = {{"X-Forwarded-For", "203.0.113.9"},
                                                          {"X-Forwarded-Proto", "https"},
                                                          {"X-Real-IP", "203.0.113.9"},
                                                          {"X_Real_IP", "203.0.113.9"},
                                                          {"X-Forwarded-Host", "bank.example"},
                                                          {"X-Forwarded-Port", "443"},
                                                          {"X_Forwarded_For", "203.0.113.9"},
                                                          {"Forwarded", "for=203.0.113.9"},
                                                          {"CF-Connecting-IP", "203.0.113.9"},
                                                          {"True-Client-IP", "203.0.113.9"},
                                                          {"X-Request-Id", "its own"},
                                                          {"pulsegate_connection_id", "forged"},
                                                          {"Pulsegate-Connection-Id", "forged"}}});
        const seen_request seen = app.next_request();
        for (const char* name :
             {"X-Forwarded-Host", "X-Forwarded-Port", "X_Forwarded_For", "X_Real_IP", "Forwarded",
              "CF-Connecting-IP", "True-Client-IP", "pulsegate_connection_id"}) {
            CAPTURE(std::string(name));
            CHECK(seen.header(name) == "");
        }
        CHECK(seen.header("X-Request-Id") == "its own");
        CHECK(seen.header("X-Forwarded-For") == "127.0.0.1");
        CHECK(seen.header("X-Forwarded-Proto") == "http");
        CHECK(seen.header("X-Real-IP") == "127.0.0.1");
        CHECK(seen.header("Pulsegate-Connection-Id") != "forged");
        CHECK(seen.header("Pulsegate-Connection-Id").size() == 16);
    }

    TEST_CASE("a stranger's word is replaced in the header that the configuration names as well") {
        scripted_app app;
        running_gateway gate("trusted_proxies: []\nclient_ip_header: X-Own-Address\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client = ws_peer::connect(
            gate.address(),
            {.headers = {{"X-Own-Address", "203.0.113.9"}, {"X_Own-Address", "203.0.113.9"}}});
        const seen_request seen = app.next_request();
        CHECK(seen.header("X-Own-Address") == "");
        CHECK(seen.header("X_Own-Address") == "");
        CHECK(seen.header("X-Real-IP") == "127.0.0.1");
        CHECK(seen.header("X-Request-Id").size() == 32);
    }

    TEST_CASE("Forwarded is extended if a trusted proxy sent it, and written if it is the one") {
        const struct {
            const char* configuration;
            std::vector<std::pair<std::string, std::string>> sent;
            const char* forwarded;
            const char* client;
        } rows[] = {
            {"", {}, "", "127.0.0.1"},
            {"",
             {{"Forwarded", "for=203.0.113.9;proto=https"}},
             "for=203.0.113.9;proto=https, for=127.0.0.1;proto=http",
             "127.0.0.1"},
            {"client_ip_header: Forwarded", {}, "for=127.0.0.1;proto=http", "127.0.0.1"},
            {"client_ip_header: forwarded",
             {{"Forwarded", "for=\"[2001:db8::5]:80\""}, {"Forwarded", "for=127.0.0.9"}},
             "for=\"[2001:db8::5]:80\", for=127.0.0.9, for=127.0.0.1;proto=http",
             "2001:db8::5"},
            {"client_ip_header: Forwarded",
             {{"Forwarded", "for=203.0.113.9, for=unknown"}},
             "for=203.0.113.9, for=unknown, for=127.0.0.1;proto=http",
             "127.0.0.1"},
            {"client_ip_header: Forwarded\ntrusted_proxies: []",
             {{"Forwarded", "for=203.0.113.9"}},
             "for=127.0.0.1;proto=http",
             "127.0.0.1"},
        };
        for (const auto& row : rows) {
            CAPTURE(std::string(row.configuration));
            scripted_app app;
            running_gateway gate(std::string(row.configuration) +
                                 "\nroutes: [{ path: /, upstream: '" + app.url() + "' }]");
            ws_peer client = ws_peer::connect(gate.address(), {.headers = row.sent});
            const seen_request seen = app.next_request();
            CHECK(seen.header("Forwarded") == row.forwarded);
            CHECK(seen.header("X-Real-IP") == row.client);
        }
    }

    TEST_CASE("a client cannot have a proxy's headers taken away by naming them in Connection") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        std::string request = upgrade_request_text("/", "X-Forwarded-For: 203.0.113.9\r\n");
        request.replace(request.find("Connection: Upgrade"), 19,
                        "Connection: X-Forwarded-For, upgrade");
        client.send(request);
        const raw_app::session served = app.accept_session();
        CHECK(served.request.header("x-forwarded-for") == "203.0.113.9, 127.0.0.1");
        CHECK(client.read_head().status() == 101);
    }

    TEST_CASE("Cloudflare's addresses are trusted if the configuration says so") {
        scripted_app app;
        running_gateway gate("trusted_proxies: [127.0.0.0/8, cloudflare]\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client = ws_peer::connect(
            gate.address(), {.headers = {{"X-Forwarded-For",
                                          "192.0.2.1, 203.0.113.9, 2606:4700::17, 172.71.1.9"}}});
        CHECK(app.next_request().header("X-Real-IP") == "203.0.113.9");
    }

    TEST_CASE("the client's address comes from the header that the configuration names") {
        scripted_app app;
        running_gateway gate("client_ip_header: CF-Connecting-IP\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client = ws_peer::connect(
            gate.address(),
            {.headers = {{"X-Forwarded-For", "203.0.113.9"}, {"CF-Connecting-IP", "2001:db8::5"}}});
        CHECK(app.next_request().header("X-Real-IP") == "2001:db8::5");
    }

    TEST_CASE("subprotocol and cookies of the application reach the client") {
        scripted_app app({.headers = {{"Sec-WebSocket-Protocol", "v2.chat"},
                                      {"Set-Cookie", "a=1; Path=/"},
                                      {"Set-Cookie", "b=2"},
                                      {"X-From-App", "yes"}}});
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text("/", "Sec-WebSocket-Protocol: v1.chat, v2.chat\r\n"));
        const http_head head = client.read_head();
        CHECK(head.start_line == "HTTP/1.1 101 Switching Protocols");
        CHECK(head.header("sec-websocket-protocol") == "v2.chat");
        CHECK(head.headers.count("set-cookie") == 2);
        CHECK(head.header("x-from-app") == "yes");
        CHECK(head.header("connection") == "Upgrade");
        CHECK(head.header("upgrade") == "websocket");
        CHECK(app.next_request().header("Sec-WebSocket-Protocol") == "v1.chat, v2.chat");
    }

    TEST_CASE("echo takes the first subprotocol that is offered") {
        running_gateway gate;
        ws_peer client = ws_peer::connect(
            gate.address(), {.headers = {{"Sec-WebSocket-Protocol", "first, second"}}});
        CHECK(client.answer_header("Sec-WebSocket-Protocol") == "first");
    }

    TEST_CASE("the longest route that fits takes a request, and may replace its path") {
        scripted_app root, chat, room;
        running_gateway gate("routes:\n"
                             "  - { path: /, upstream: '" +
                             root.url() +
                             "' }\n"
                             "  - { path: /chat, upstream: '" +
                             chat.url() +
                             "' }\n"
                             "  - { path: /chat/room, upstream: '" +
                             room.url() + "/internal' }\n");
        const struct {
            const char* target;
            scripted_app* app;
            const char* seen;
        } rows[] = {
            {"/", &root, "/"},
            {"/chatter?q=1", &root, "/chatter?q=1"},
            {"/chat", &chat, "/chat"},
            {"/chat/rooms", &chat, "/chat/rooms"},
            {"/chat?room=1", &chat, "/chat?room=1"},
            {"/chat/room", &room, "/internal"},
            {"/chat/room/5?a=b", &room, "/internal/5?a=b"},
            {"/chat/room?a=b", &room, "/internal?a=b"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.target);
            ws_peer client = ws_peer::connect(gate.address(), {.target = row.target});
            CHECK(row.app->next_request().target == row.seen);
        }
        CHECK(gate.metric("pulsegate_connections_opened_total", {{"route", "/chat"}}) == 3);
    }

} // TEST_SUITE

} // namespace pulsegate::test
