// Whom the gateway lets in: limits for one client and for all, origins of pages, sizes of requests.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace pulsegate::test {
namespace {

struct answer {
    int status = 0;
    std::string retry_after;
    std::string body;
};

/// Asks for an upgrade, reads the answer, and leaves.
answer ask(const running_gateway& gate, std::string_view more_headers = "",
           std::string_view target = "/") {
    raw_socket client = raw_socket::connect(gate.address());
    client.send(upgrade_request_text(target, more_headers));
    const http_head head = client.read_head();
    answer result{head.status(), head.header("retry-after"), {}};
    if (result.status != 101)
        result.body = client.read_body(head);
    return result;
}

std::string from(std::string_view address) {
    return "X-Forwarded-For: " + std::string(address) + "\r\n";
}

double rejected(const running_gateway& gate, const char* reason) {
    return gate.metric("pulsegate_handshakes_rejected_total", {{"reason", reason}});
}

} // namespace

TEST_SUITE("admission") {

    TEST_CASE("a client in excess of its connections gets 429 and Retry-After, others do not") {
        running_gateway gate("workers: 4\nlimits: { connections_per_client: 3 }");
        const auto open = [&](std::string_view client) {
            return raw_socket::upgraded(gate.address(), "/", from(client));
        };
        std::vector<raw_socket> mine; // on whichever workers
        for (int i = 0; i < 3; ++i)
            mine.push_back(open("203.0.113.9"));
        for (int i = 0; i < 4; ++i) {
            const answer more = ask(gate, from("203.0.113.9"));
            CHECK(more.status == 429);
            CHECK(!more.retry_after.empty());
            CHECK(more.body.find("limits.connections_per_client") != std::string::npos);
        }
        const raw_socket other = open("203.0.113.10");
        std::vector<raw_socket> household;
        for (const char* address : {"2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff::3"})
            household.push_back(open(address));
        CHECK(ask(gate, from("2001:db8:0:1::4")).status == 429);
        CHECK(ask(gate, from("2001:db8:0:2::4")).status == 101);
        // Without the proxy's word the proxy itself is the client: loopback counts like any other.
        std::vector<raw_socket> local;
        for (int i = 0; i < 3; ++i)
            local.push_back(raw_socket::upgraded(gate.address()));
        CHECK(ask(gate).status == 429);

        mine.pop_back();
        gate.wait_metric("pulsegate_connections", {}, 9);
        mine.push_back(open("203.0.113.9"));
        CHECK(rejected(gate, "client_connection_limit") == 6);
    }

    TEST_CASE("a handshake that fails gives its client's place back") {
        scripted_app app({.refuses_with = 403});
        running_gateway gate("limits: { connections_per_client: 1 }\n"
                             "routes: [{ path: /, upstream: echo }, { path: /no, upstream: '" +
                             app.url() + "' }]");
        for (int i = 0; i < 5; ++i)
            CHECK(ask(gate, "", "/no").status == 403);
        CHECK(ask(gate).status == 101);
    }

    TEST_CASE("a client that comes too often gets 429 and is told when to come back") {
        running_gateway gate("limits: { handshake_rate_per_client: 1 }");
        int admitted = 0;
        for (int i = 0; i < 5; ++i) {
            const answer got = ask(gate, from("203.0.113.9"));
            admitted += got.status == 101 ? 1 : 0;
            if (got.status != 101) {
                CHECK(got.status == 429);
                CHECK(got.retry_after == "1");
                CHECK(got.body.find("limits.handshake_rate_per_client") != std::string::npos);
            }
        }
        CHECK(admitted >= 2);
        CHECK(admitted <= 4); // a token a second comes back meanwhile
        CHECK(ask(gate, from("203.0.113.10")).status == 101);
        CHECK(rejected(gate, "client_rate") == 5 - admitted);
    }

    TEST_CASE("a crowd beyond the common rate gets 503 with spread times to come back") {
        running_gateway gate("limits: { handshake_rate: 5 }");
        int admitted = 0;
        std::set<std::string> waits;
        for (int i = 0; i < 100; ++i) {
            const answer got = ask(gate);
            if (got.status == 101) {
                ++admitted;
                continue;
            }
            CHECK(got.status == 503);
            CHECK(got.body.find("limits.handshake_rate") != std::string::npos);
            CHECK(std::stoi(got.retry_after) >= 1);
            CHECK(std::stoi(got.retry_after) <= 60);
            waits.insert(got.retry_after);
        }
        CHECK(admitted >= 10);
        CHECK(admitted < 90);
        CHECK(waits.size() >= 4);
        CHECK(rejected(gate, "handshake_rate") == 100 - admitted);
    }

    TEST_CASE("one client's haste does not use up the common rate") {
        running_gateway gate(
            "limits: { connections: 3, handshake_rate: 3, handshake_rate_per_client: 1 }");
        for (int i = 0; i < 20; ++i)
            (void)ask(gate, from("203.0.113.9"));
        CHECK(rejected(gate, "client_rate") >= 10);
        CHECK(ask(gate, from("203.0.113.10")).status == 101);
        CHECK(rejected(gate, "handshake_rate") == 0);
    }

    TEST_CASE("pages of a foreign origin get 403, programs without an origin do not") {
        running_gateway gate(
            "routes:\n"
            "  - { path: /, upstream: echo }\n"
            "  - { path: /own, upstream: echo,\n"
            "      origins: ['https://app.example.com', 'https://*.example.org'] }\n");
        const auto status = [&](std::string_view origin, std::string_view target = "/own") {
            return ask(gate, "Origin: " + std::string(origin) + "\r\n", target).status;
        };
        CHECK(status("https://app.example.com") == 101);
        CHECK(status("https://APP.example.com:443") == 101);
        CHECK(status("https://a.b.example.org") == 101);
        CHECK(ask(gate, "", "/own").status == 101);
        CHECK(status("https://evil.example", "/") == 101);
        CHECK(status("null", "/") == 101);

        CHECK(status("https://evil.example") == 403);
        CHECK(status("http://app.example.com") == 403);
        CHECK(status("https://example.org") == 403);
        CHECK(status("https://app.example.com.evil.example") == 403);
        CHECK(status("null") == 403);
        CHECK(status("https://app.example.com\r\nOrigin: https://evil.example") == 403);
        CHECK(rejected(gate, "foreign_origin") == 6);
    }

    TEST_CASE("a request with more or larger headers than allowed is 431") {
        running_gateway gate("limits: { header_bytes: 2KiB, headers: 10 }");
        std::string six; // beside the four to five of the upgrade
        for (int i = 0; i < 6; ++i)
            six += "X-" + std::to_string(i) + ": 1\r\n";
        const answer many = ask(gate, six);
        CHECK(many.status == 431);
        CHECK(many.body.find("limits.headers") != std::string::npos);
        CHECK(ask(gate, "X-1: 1\r\n").status == 101);
        const answer large = ask(gate, "X-1: " + std::string(2000, 'x') + "\r\n");
        CHECK(large.status == 431);
        CHECK(large.body.find("`limits.header_bytes`, 2KiB") != std::string::npos);
        CHECK(ask(gate, "X-1: " + std::string(1500, 'x') + "\r\n").status == 101);
        CHECK(rejected(gate, "headers_too_large") == 2);
    }

    TEST_CASE("a larger limit lets larger requests in") {
        running_gateway gate("limits: { header_bytes: 60KiB, headers: 10000 }");
        // As large as it may be, in headers that are joined to one and then extended.
        std::string many;
        for (int i = 0; i < 1000; ++i)
            many += "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n";
        CHECK(ask(gate, many).status == 101);
        const std::string addresses(60'000, ',');
        CHECK(ask(gate, "X-Forwarded-For: " + addresses + "\r\n").status == 101);
        CHECK(ask(gate, "Forwarded: " + addresses + "\r\n").status == 101);
        CHECK(ask(gate, "X-1: " + std::string(62'000, 'x') + "\r\n").status == 431);
    }

    TEST_CASE("the size of a request is limited as a whole, however it arrives") {
        running_gateway gate("limits: { header_bytes: 1KiB, headers: 10000 }");
        raw_socket client = raw_socket::connect(gate.address());
        const std::string request = upgrade_request_text();
        client.send(request.substr(0, request.size() - 2));
        std::size_t sent = request.size();
        while (!client.is_readable(1ms)) {
            client.send("X-More: 1\r\n");
            sent += 11;
            REQUIRE(sent < 100'000);
        }
        CHECK(client.read_head().status() == 431);
        const std::string exact = upgrade_request_text("/", "X: \r\n");
        const std::string filling(1024 - exact.size(), 'x');
        CHECK(ask(gate, "X: " + filling + "\r\n").status == 101);
        CHECK(ask(gate, "X: " + filling + "x\r\n").status == 431);
    }

    TEST_CASE("a request that trickles in byte by byte is cut off by its deadline") {
        running_gateway gate("limits: { handshake: 400ms }");
        raw_socket client = raw_socket::connect(gate.address());
        const auto began = std::chrono::steady_clock::now();
        std::size_t sent = 0;
        // Each byte arrives well within the deadline; all together they do not.
        const std::string request =
            upgrade_request_text("/", "X: " + std::string(10'000, 'x') + "\r\n");
        while (!client.is_readable(20ms)) {
            REQUIRE(sent < request.size());
            client.send(request.substr(sent++, 1));
        }
        CHECK(client.read_head().status() == 408);
        CHECK(sent >= 2);
        CHECK(std::chrono::steady_clock::now() - began >= 350ms);
        CHECK(rejected(gate, "handshake_timeout") == 1);
    }

} // TEST_SUITE

} // namespace pulsegate::test
