// Upgrades that are not granted: each gets its documented answer, and nothing stays behind.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace pulsegate::test {
namespace {

struct answer {
    http_head head;
    std::string body;
};

/// Sends `request` and reads the whole answer, up to the end of the connection.
answer ask(const running_gateway& gate, std::string_view request) {
    raw_socket client = raw_socket::connect(gate.address());
    client.send(request);
    answer result;
    result.head = client.read_head();
    result.body = client.read_body(result.head);
    CHECK(client.wait_end() == raw_socket::ending::closed); // an answer is not lost in a reset
    return result;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    return text.replace(text.find(what), what.size(), with);
}

std::string without_line(std::string text, std::string_view name) {
    const auto at = text.find(name);
    return text.erase(at, text.find("\r\n", at) + 2 - at);
}

} // namespace

TEST_SUITE("refusals") {

    TEST_CASE("a bad request gets its documented answer") {
        running_gateway gate("routes: [{ path: /ws, upstream: echo }]");
        const std::string good = upgrade_request_text("/ws");
        const struct {
            const char* name;
            std::string request;
            int status;
        } rows[] = {
            {"garbage", "\x16\x03\x01\x02\x00 garbage\r\n\r\n", 400},
            {"not HTTP at all", "hello there\r\n\r\n", 400},
            {"no Host", without_line(good, "Host:"), 400},
            {"a Host that is none", replaced(good, "test.example", "test example"), 400},
            {"a fragment", replaced(good, "/ws", "/ws#x"), 400},
            {"an encoded dot segment", replaced(good, "/ws", "/x/%2e%2e/ws"), 400},
            {"20 empty lines",
             [&] {
                 std::string lines;
                 for (int i = 0; i < 20; ++i)
                     lines += "\r\n";
                 return lines + good;
             }(),
             400},
            {"two Hosts", replaced(good, "Host: test.example", "Host: a\r\nHost: b"), 400},
            {"POST", replaced(good, "GET", "POST"), 400},
            {"HTTP/1.0", replaced(good, "HTTP/1.1", "HTTP/1.0"), 400},
            {"absolute target of FTP", replaced(good, "GET /ws", "GET ftp://a/ws"), 400},
            {"no key", without_line(good, "Sec-WebSocket-Key"), 400},
            {"short key", replaced(good, "dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), 400},
            {"a body", replaced(good, "Host:", "Content-Length: 5\r\nHost:") + "hello", 400},
            {"chunks", replaced(good, "Host:", "Transfer-Encoding: chunked\r\nHost:"), 400},
            {"no route", replaced(good, "/ws", "/wsx"), 404},
            {"no upgrade", "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", 426},
            {"other upgrade", replaced(good, "Upgrade: websocket", "Upgrade: h2c"), 426},
            {"no Connection: Upgrade", replaced(good, "Connection: Upgrade", "Connection: close"),
             426},
            {"old version", replaced(good, "Version: 13", "Version: 8"), 426},
            {"64 KiB of headers",
             upgrade_request_text("/ws", "X: " + std::string(65'536, 'x') + "\r\n"), 431},
        };
        for (const auto& row : rows) {
            CAPTURE(row.name);
            const answer got = ask(gate, row.request);
            CHECK(got.head.status() == row.status);
            CHECK(!got.body.empty());
            if (row.status == 426) {
                CHECK(got.head.header("sec-websocket-version") == "13");
                CHECK(got.head.header("upgrade") == "websocket");
            }
        }
        CHECK(gate.metric("pulsegate_connections_opened_total") == 0);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total") == std::size(rows));
        CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "malformed"}}) == 15);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "no_route"}}) == 1);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total",
                          {{"reason", "upgrade_required"}}) == 4);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total",
                          {{"reason", "headers_too_large"}}) == 1);
    }

    TEST_CASE("the answer to HEAD has no body, but its length and time") {
        running_gateway gate;
        raw_socket client = raw_socket::connect(gate.address());
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        const http_head head = client.read_head();
        CHECK(head.status() == 426);
        CHECK(head.header("content-length") != "0");
        CHECK(head.header("date").ends_with(" GMT"));
        http_head without_length = head;
        without_length.headers.erase("content-length");
        CHECK(client.read_body(without_length) == "");
    }

    TEST_CASE("empty lines before a request are skipped, however they come") {
        running_gateway gate;
        raw_socket client = raw_socket::connect(gate.address());
        for (const char* piece : {"\r", "\n\r\n", "\r\n"})
            client.send(piece);
        client.send(upgrade_request_text());
        CHECK(client.read_head().status() == 101);
    }

    TEST_CASE("what came instead of a request is called by its name") {
        running_gateway gate;
        const struct {
            std::string request;
            int status;
            const char* words;
        } rows[] = {
            {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n", 426, "WebSocket"},
            {replaced(upgrade_request_text(), "Host:", "Content-Length: 20000000\r\nHost:"), 400,
             "no body"},
            {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP/2"},
            {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400, "TLS"},
            {"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", 400, "PROXY header"},
            {std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", 16), 400, "PROXY header"},
            {"GET / HTTP/1.1\r\nHost: a\r\nPROXY TCP4\r\n\r\n", 400, "not an HTTP/1.1 request"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.request);
            const answer got = ask(gate, row.request);
            CHECK(got.head.status() == row.status);
            CAPTURE(got.body);
            CHECK(got.body.find(row.words) != std::string::npos);
        }
    }

    TEST_CASE("half a handshake gets 408, or nothing if the client leaves") {
        running_gateway gate("limits: { handshake: 200ms }");
        const std::string half = upgrade_request_text().substr(0, 60);
        CHECK(ask(gate, half).head.status() == 408);
        CHECK(ask(gate, "").head.status() == 408);
        {
            raw_socket leaves = raw_socket::connect(gate.address());
            leaves.send(half);
            leaves.shut();
            CHECK(leaves.wait_end() == raw_socket::ending::closed);
        }
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "handshake_timeout"}},
                         2);
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "client_gone"}}, 1);
    }

    TEST_CASE("an application's own refusal comes back as it is") {
        const struct {
            unsigned status;
            std::pair<std::string, std::string> header;
            std::string body;
        } rows[] = {
            {401, {"WWW-Authenticate", "Bearer realm=\"app\""}, "who are you?"},
            {403, {"Content-Type", "application/json"}, "{\"detail\":\"no\"}"},
            {302, {"Location", "https://example.org/login"}, ""},
            {200, {"Content-Type", "text/html"}, "<!doctype html><title>not a WebSocket</title>"},
            {500, {"X-Trace", "17"}, std::string(200'000, 'e')},
        };
        for (const auto& row : rows) {
            CAPTURE(row.status);
            scripted_app app(
                {.headers = {row.header}, .refuses_with = row.status, .body = row.body});
            running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
            const answer got = ask(gate, upgrade_request_text());
            std::string name = row.header.first;
            for (char& letter : name)
                letter = static_cast<char>(std::tolower(letter));
            CHECK(got.head.status() == static_cast<int>(row.status));
            CHECK(got.head.header(name) == row.header.second);
            CHECK((got.body == row.body));
            gate.wait_metric("pulsegate_app_errors_total", {{"kind", "refused"}}, 1);
            CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "app_refused"}}) ==
                  1);
        }
    }

    TEST_CASE("a refusal in chunks comes back whole") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket server = app.accept();
        (void)server.read_head();
        server.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nno \r\n5\r\nentry\r\n0\r\n\r\n");
        const http_head head = client.read_head();
        CHECK(head.status() == 403);
        CHECK(head.header("transfer-encoding") == "");
        CHECK(client.read_body(head) == "no entry");
    }

    TEST_CASE("trailers of a refusal are no headers") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket server = app.accept();
        (void)server.read_head();
        server.send("HTTP/1.1 403 Forbidden\r\nX-Own: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nno!\r\n0\r\nX-Trailer: 1\r\nSet-Cookie: a=b\r\n\r\n");
        const http_head head = client.read_head();
        CHECK(head.status() == 403);
        CHECK(head.header("x-own") == "1");
        CHECK(head.header("x-trailer") == "");
        CHECK(head.header("set-cookie") == "");
        CHECK(head.header("date") != "");
        CHECK(client.read_body(head) == "no!");
    }

    TEST_CASE("an answer that cannot be relayed is 502, and says why") {
        const struct {
            std::string answer;
            const char* words;
        } rows[] = {
            {"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", "status 99"},
            {"HTTP/1.1 403 No\r\nContent-Length: 9999999\r\n\r\n", "larger than 1MiB"},
            {"HTTP/1.1 403 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "coding"},
            {"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n1;x=" +
                 std::string(200'000, 'x'),
             "larger than 32KiB"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.words);
            raw_app app;
            running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_socket server = app.accept();
            (void)server.read_head();
            try {
                server.send(row.answer);
            } catch (const std::runtime_error&) {
                // The gateway has cut the connection already.
            }
            const http_head head = client.read_head();
            CHECK(head.status() == 502);
            CHECK(client.read_body(head).find(row.words) != std::string::npos);
        }
    }

    TEST_CASE("an application that is down is 502") {
        raw_app app;
        const std::string url = app.url();
        app.stop();
        running_gateway gate("routes: [{ path: /, upstream: '" + url + "' }]");
        CHECK(ask(gate, upgrade_request_text()).head.status() == 502);
        CHECK(gate.metric("pulsegate_app_errors_total", {{"kind", "connect"}}) == 1);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "app_unreachable"}}) ==
              1);
    }

    TEST_CASE("an answer counts from the dial on, however late it comes, refusals included") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        constexpr auto pause = std::chrono::milliseconds(300);
        for (const int status : {101, 403}) {
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_socket server = app.accept();
            const http_head request = server.read_head();
            CHECK(gate.metric("pulsegate_app_dial_seconds_count") == (status == 101 ? 0 : 1));
            std::this_thread::sleep_for(pause); // the application thinks
            server.send(status == 101 ? switching_protocols(request)
                                      : "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
            CHECK(client.read_head().status() == status);
        }
        gate.wait_metric("pulsegate_app_dial_seconds_count", {}, 2);
        const double sum = gate.metric("pulsegate_app_dial_seconds_sum");
        CHECK(sum >= 2 * std::chrono::duration<double>(pause).count());
    }

    TEST_CASE("an application that does not speak WebSocket is 502") {
        const struct {
            const char* name;
            const char* answer; // "" closes without one
        } rows[] = {
            {"garbage", "\x01\x02\x03\x04 what?\r\n\r\n"},
            {"HTML without HTTP", "<html>hello</html>\r\n\r\n"},
            {"nothing", ""},
            {"half an answer", "HTTP/1.1 101 Switching Pro"},
            {"101 with a wrong accept value",
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"},
            {"101 to another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n"
                                        "Connection: Upgrade\r\n\r\n"},
            {"101 without an accept value", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "
                                            "websocket\r\nConnection: Upgrade\r\n\r\n"},
        };
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        for (const auto& row : rows) {
            for (const bool with_reset : {false, true}) {
                CAPTURE(row.name);
                CAPTURE(with_reset);
                raw_socket client = raw_socket::connect(gate.address());
                client.send(upgrade_request_text());
                raw_socket server = app.accept();
                (void)server.read_head();
                server.send(row.answer);
                if (with_reset)
                    server.reset();
                else
                    server.shut();
                const http_head head = client.read_head();
                CHECK(head.status() == 502);
                CHECK(!client.read_body(head).empty());
            }
        }
        CHECK(gate.metric("pulsegate_app_errors_total", {{"kind", "bad_response"}}) ==
              2 * std::size(rows));
        CHECK(gate.metric("pulsegate_handshakes_rejected_total",
                          {{"reason", "app_not_websocket"}}) == 2 * std::size(rows));
    }

    TEST_CASE("an application's headers are limited as a whole, however small the pieces are") {
        for (const char* const status : {"101 Switching Protocols", "403 Forbidden"}) {
            CAPTURE(status);
            raw_app app;
            running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_socket server = app.accept();
            const http_head request = server.read_head();
            try {
                server.send("HTTP/1.1 " + std::string(status) + "\r\n");
                for (int i = 0; i < 400; ++i)
                    server.send("X-Piece: " + std::string(200, 'x') + "\r\n");
                server.send(switching_protocols(request).substr(34)); // the headers
            } catch (const std::runtime_error&) {
                // The gateway has cut the connection already.
            }
            CHECK(client.read_head().status() == 502);
        }
    }

    TEST_CASE("101 with an extension that nobody offered is 502") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        const auto served = app.accept_session("Sec-WebSocket-Extensions: permessage-deflate\r\n");
        CHECK(client.read_head().status() == 502);
    }

    TEST_CASE("an application that accepts and says nothing is 504") {
        raw_app app;
        running_gateway gate("limits: { handshake: 200ms }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket server = app.accept();
        CHECK(client.read_head().status() == 504);
        (void)server.read_head();
        server.wait_end(); // its connection is not kept either
        CHECK(gate.metric("pulsegate_app_errors_total", {{"kind", "timeout"}}) == 1);
        CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "app_timeout"}}) == 1);
    }

    TEST_CASE("clients in excess of the limit get 503 and Retry-After") {
        running_gateway gate("limits: { connections: 2 }");
        ws_peer first = ws_peer::connect(gate.address());
        {
            ws_peer second = ws_peer::connect(gate.address());
            const answer third = ask(gate, upgrade_request_text());
            CHECK(third.head.status() == 503);
            CHECK(!third.head.header("retry-after").empty());
            second.close(1000);
            second.wait_closed();
        }
        gate.wait_metric("pulsegate_connections", {}, 1);
        ws_peer again = ws_peer::connect(gate.address());
        CHECK(gate.metric("pulsegate_handshakes_rejected_total",
                          {{"reason", "connection_limit"}}) == 1);
    }

    TEST_CASE("a refused handshake gives its place back") {
        scripted_app app({.refuses_with = 403});
        running_gateway gate("limits: { connections: 1 }\n"
                             "routes: [{ path: /no, upstream: '" +
                             app.url() +
                             "' },"
                             " { path: /yes, upstream: echo }]");
        for (int i = 0; i < 5; ++i)
            CHECK(ask(gate, upgrade_request_text("/no")).head.status() == 403);
        ws_peer client = ws_peer::connect(gate.address(), {.target = "/yes"});
    }

    TEST_CASE("other sessions do not notice bad handshakes") {
        running_gateway gate("workers: 1");
        ws_peer good = ws_peer::connect(gate.address());
        for (int i = 0; i < 20; ++i) {
            CHECK(ask(gate, "nonsense\r\n\r\n").head.status() == 400);
            good.send("still here");
            CHECK(good.receive().data == "still here");
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
