// Connections that say nothing, and too many of them: who has to make room.
#include "inprocess/system_calls.hpp"
#include "support/certificates.hpp"
#include "support/running_gateway.hpp"
#include "support/tls_peer.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate::test {
namespace {

constexpr std::string_view untrusting = "trusted_proxies: [192.0.2.0/24]\n";

double rejected(const running_gateway& gate, const std::string& reason) {
    return gate.metric("pulsegate_handshakes_rejected_total", {{"reason", reason}});
}

void wait_rejected(const running_gateway& gate, const std::string& reason, double count) {
    gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", reason}}, count);
}

void wait_in_progress(const running_gateway& gate, double count) {
    gate.wait_metric("pulsegate_handshakes_in_progress", {}, count);
}

std::vector<raw_socket> silent(const running_gateway& gate, int count) {
    std::vector<raw_socket> all;
    for (int i = 0; i < count; ++i)
        all.push_back(raw_socket::connect(gate.address()));
    return all;
}

std::string from(const std::string& address) {
    return "PROXY TCP4 " + address + " 192.0.2.1 1000 80\r\n";
}

} // namespace

TEST_SUITE("newcomers") {

    TEST_CASE("the oldest silent connection makes room, and who speaks comes in") {
        running_gateway gate("workers: 1\nlimits: { newcomers: 4, handshake: 1m }");
        std::vector<raw_socket> quiet = silent(gate, 4);
        wait_in_progress(gate, 4);
        raw_socket client = raw_socket::upgraded(gate.address());
        wait_rejected(gate, "newcomer_limit", 1);
        CHECK(quiet[0].wait_end() == raw_socket::ending::closed);
        raw_socket other = raw_socket::upgraded(gate.address());
        for (std::size_t i = 1; i < 4; ++i) // a session has no place among them
            CHECK_FALSE(quiet[i].is_readable(0ms));
        CHECK(rejected(gate, "newcomer_limit") == 1);
        quiet[1].send(upgrade_request_text());
        CHECK(quiet[1].read_head().status() == 101);
    }

    TEST_CASE("whoever has sent a request that was not read yet is no silent connection") {
        running_gateway gate("workers: 1\nlimits: { newcomers: 2, handshake: 1m }");
        std::vector<raw_socket> crowd;
        {
            // All that they send lands in one turn of the event loop.
            raw_socket first = raw_socket::connect(gate.address());
            const held_workers hold;
            first.send("GET");
            hold.wait();
            for (int i = 0; i < 20; ++i) {
                crowd.push_back(raw_socket::connect(gate.address()));
                crowd.back().send(upgrade_request_text());
            }
        }
        for (raw_socket& each : crowd)
            CHECK(each.read_head().status() == 101);
        CHECK(rejected(gate, "newcomer_limit") <= 1); // the first one
    }

    TEST_CASE("one address displaces its own silent connections, a trusted proxy nobody's") {
        running_gateway gate(
            "workers: 1\nlimits: { newcomers: 100, newcomers_per_client: 3, handshake: 1m }\n"
            "listeners: [{ address: 127.0.0.1:0, proxy_protocol: accept }]");
        std::vector<raw_socket> quiet = silent(gate, 10); // of the proxy, which is trusted
        raw_socket other = raw_socket::connect(gate.address());
        other.send(from("198.51.100.9"));
        wait_in_progress(gate, 11);
        std::vector<raw_socket> flood;
        for (int i = 0; i < 10; ++i) {
            flood.push_back(raw_socket::connect(gate.address()));
            flood.back().send(from("203.0.113.7"));
        }
        wait_rejected(gate, "client_newcomer_limit", 7);
        wait_in_progress(gate, 14);
        CHECK_FALSE(other.is_readable(0ms));
        for (raw_socket& each : quiet)
            CHECK_FALSE(each.is_readable(0ms));
        other.send(upgrade_request_text());
        CHECK(other.read_head().status() == 101);
    }

    TEST_CASE("a peer that is the client itself is counted when it is accepted") {
        running_gateway gate(std::string(untrusting) +
                             "workers: 1\nlimits: { newcomers_per_client: 3, handshake: 1m }");
        std::vector<raw_socket> quiet = silent(gate, 5);
        wait_rejected(gate, "client_newcomer_limit", 2);
        CHECK(quiet[0].wait_end() == raw_socket::ending::closed);
        raw_socket client = raw_socket::upgraded(gate.address());
    }

    TEST_CASE("a refusal that its client does not take away makes room as well") {
        running_gateway gate("workers: 1\nlimits: { newcomers: 3, handshake: 1m }\n"
                             "routes: [{ path: /ws, upstream: echo }]");
        std::vector<raw_socket> refused;
        for (int i = 0; i < 10; ++i) {
            refused.push_back(raw_socket::connect(gate.address()));
            refused.back().send(upgrade_request_text("/other"));
            const http_head head = refused.back().read_head();
            CHECK(head.status() == 404);
            (void)refused.back().read_body(head);
        }
        CHECK(gate.metric("pulsegate_handshakes_in_progress") <= 3);
        CHECK(rejected(gate, "no_route") == 10);
        CHECK(rejected(gate, "newcomer_limit") == 0); // each is counted once
        raw_socket client = raw_socket::upgraded(gate.address(), "/ws");
    }

    TEST_CASE("handshakes of one address are counted before TLS costs anything") {
        authority ca;
        running_gateway gate(std::string(untrusting) +
                             "limits: { handshake_rate_per_client: 1 }\n" +
                             tls_yaml(ca.issue("DNS:gate.example")));
        int settled = 0;
        constexpr int tries = 8;
        for (int i = 0; i < tries; ++i) {
            tls_peer client(gate.address());
            if (client.handshake()) { // then it is not counted a second time
                ++settled;
                CHECK(client.upgrade().starts_with("HTTP/1.1 101 "));
            }
        }
        CHECK(settled >= 2);
        CHECK(settled < tries); // a token a second comes back meanwhile
        wait_rejected(gate, "client_rate", tries - settled);
    }

} // TEST_SUITE

} // namespace pulsegate::test
