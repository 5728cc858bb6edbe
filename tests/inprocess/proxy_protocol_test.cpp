// PROXY headers in front of requests: who the application then believes the client to be.
#include "support/proxy_header_bytes.hpp"
#include "support/random_source.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

namespace pulsegate::test {
namespace {

const std::string text_header = "PROXY TCP4 203.0.113.9 198.51.100.2 50000 443\r\n";

/// 203.0.113.9:50000 to 198.51.100.2:443.
std::string binary_v4(std::string_view extras = "") {
    return binary_header(
        0x21, 0x11,
        std::string("\xCB\x00\x71\x09\xC6\x33\x64\x02\xC3\x50\x01\xBB", 12).append(extras));
}

std::string binary_v6() {
    std::string addresses(36, '\0');
    addresses.replace(0, 4, "\x20\x01\x0D\xB8");
    addresses[15] = 7;
    addresses[31] = 1;
    return binary_header(0x21, 0x21, addresses);
}

std::string configuration(std::string_view mode, const std::string& url, std::string_view more = "",
                          std::string_view address = "127.0.0.1:0") {
    return "listeners: [{ address: '" + std::string(address) +
           "', proxy_protocol: " + std::string(mode) + " }]\nroutes: [{ path: /, upstream: '" +
           url + "' }]\n" + std::string(more);
}

double rejected(const running_gateway& gate, const char* reason) {
    return gate.metric("pulsegate_handshakes_rejected_total", {{"reason", reason}});
}

int status_after(const running_gateway& gate, std::string_view bytes) {
    raw_socket client = raw_socket::connect(gate.address());
    client.send(bytes);
    return client.read_head().status();
}

} // namespace

TEST_SUITE("PROXY protocol") {

    TEST_CASE("the address of a PROXY header is the peer's") {
        const struct {
            const char* name;
            std::string header;
            const char* seen;
        } rows[] = {
            {"version 1", text_header, "203.0.113.9"},
            {"version 1, UNKNOWN", "PROXY UNKNOWN\r\n", "127.0.0.1"},
            {"version 2", binary_v4(), "203.0.113.9"},
            {"version 2, IPv6", binary_v6(), "2001:db8::7"},
            {"version 2, extra fields", binary_v4(extra_field(0x02, std::string(3000, 'a'))),
             "203.0.113.9"},
            {"version 2, LOCAL", binary_header(0x20, 0, ""), "127.0.0.1"},
        };
        scripted_app app;
        for (const char* mode : {"accept", "require"}) {
            running_gateway gate(configuration(mode, app.url()));
            for (const auto& row : rows) {
                CAPTURE(std::string(mode));
                CAPTURE(std::string(row.name));
                raw_socket client = raw_socket::connect(gate.address());
                client.send(row.header + upgrade_request_text());
                CHECK(client.read_head().status() == 101);
                const seen_request seen = app.next_request();
                CHECK(seen.header("X-Forwarded-For") == row.seen);
                CHECK(seen.header("X-Real-IP") == row.seen);
                client.cut();
            }
        }
    }

    TEST_CASE("headers about the client are believed if the PROXY header's source is trusted") {
        scripted_app app;
        running_gateway gate(
            configuration("require", app.url(), "trusted_proxies: [127.0.0.1/32, 10.0.0.0/8]\n"));
        raw_socket behind_proxy = raw_socket::connect(gate.address());
        behind_proxy.send("PROXY TCP4 10.0.0.5 127.0.0.1 1 2\r\n" +
                          upgrade_request_text("/", "X-Forwarded-For: 203.0.113.9\r\n"));
        CHECK(behind_proxy.read_head().status() == 101);
        seen_request seen = app.next_request();
        CHECK(seen.header("X-Forwarded-For") == "203.0.113.9, 10.0.0.5");
        CHECK(seen.header("X-Real-IP") == "203.0.113.9");

        raw_socket stranger = raw_socket::connect(gate.address());
        stranger.send("PROXY TCP4 192.0.2.6 127.0.0.1 1 2\r\n" +
                      upgrade_request_text("/", "X-Forwarded-For: 203.0.113.9\r\n"));
        CHECK(stranger.read_head().status() == 101);
        seen = app.next_request();
        CHECK(seen.header("X-Forwarded-For") == "192.0.2.6");
        CHECK(seen.header("X-Real-IP") == "192.0.2.6");
    }

    TEST_CASE("a PROXY header may arrive in any pieces, and nothing behind it is lost") {
        random_source random(11);
        MESSAGE("seed 11");
        scripted_app app({.echoes = true});
        running_gateway gate(configuration("accept", app.url()));
        for (const std::string& header : {text_header, binary_v4(extra_field(4, "padding"))}) {
            const std::string all = header + upgrade_request_text();
            for (std::size_t cut = 1; cut <= header.size() + 1; ++cut) {
                CAPTURE(cut);
                raw_socket client = raw_socket::connect(gate.address());
                client.send(all.substr(0, cut));
                client.send(all.substr(cut));
                CHECK(client.read_head().status() == 101);
                CHECK(app.next_request().header("X-Real-IP") == "203.0.113.9");
            }
            for (int round = 0; round < 5; ++round) {
                raw_socket client = raw_socket::connect(gate.address());
                for (std::size_t at = 0; at < all.size();) {
                    const std::size_t count = 1 + random.below(9);
                    client.send(all.substr(at, count));
                    at += count;
                }
                CHECK(client.read_head().status() == 101);
                CHECK(app.next_request().header("X-Real-IP") == "203.0.113.9");
                client.send_frame(frame_kind::text, "whole");
                CHECK(client.read_message().payload == "whole");
            }
        }
    }

    TEST_CASE("half a PROXY header does not keep the worker busy") {
        running_gateway gate(configuration("require", "echo", "workers: 1\n"));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(text_header.substr(0, 20));
        gate.wait_metric("pulsegate_handshakes_in_progress", {}, 1);
        (void)gate.metric("pulsegate_connections"); // the worker has read by now
        const auto cpu_seconds = [] {
            timespec spent{};
            ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
            return static_cast<double>(spent.tv_sec) + 1e-9 * static_cast<double>(spent.tv_nsec);
        };
        const double before = cpu_seconds();
        CHECK_FALSE(client.is_readable(500ms)); // it is what the time is measured over
        CHECK(cpu_seconds() - before < (is_sanitized ? 0.4 : 0.25));
        client.send(text_header.substr(20) + upgrade_request_text());
        CHECK(client.read_head().status() == 101);
    }

    TEST_CASE("where a PROXY header is required, all else is refused with the cure") {
        running_gateway gate(configuration("require", "echo"));
        const std::string rows[] = {
            upgrade_request_text(),
            "\x16\x03\x01\x02\x00\x01",
            "PROXY TCP4 203.0.113.9 198.51.100.2 50000 65536\r\n" + upgrade_request_text(),
            "PROXY UNKNOWN " + std::string(200, 'x'),
            binary_header(0x21, 0x11, "short") + upgrade_request_text(),
            binary_v4(extra_field(0x03, "sums")) + upgrade_request_text(),
        };
        for (const std::string& row : rows) {
            CAPTURE(row);
            raw_socket client = raw_socket::connect(gate.address());
            client.send(row);
            const http_head head = client.read_head();
            CHECK(head.status() == 400);
            CHECK(client.read_body(head).find("PROXY header") != std::string::npos);
            CHECK(client.wait_end() == raw_socket::ending::closed);
        }
        CHECK(rejected(gate, "bad_proxy_header") == std::size(rows));
    }

    TEST_CASE("where a PROXY header is accepted, clients without one are served too") {
        scripted_app app;
        running_gateway gate(configuration("accept", app.url()));
        CHECK(status_after(gate, upgrade_request_text()) == 101);
        CHECK(app.next_request().header("X-Real-IP") == "127.0.0.1");
        // Its first byte might begin a PROXY header.
        raw_socket client = raw_socket::connect(gate.address());
        std::string post = upgrade_request_text();
        post.replace(0, 3, "PROPFIND");
        for (const char c : post)
            client.send(std::string(1, c));
        CHECK(client.read_head().status() == 400);
        CHECK(rejected(gate, "malformed") == 1);
        CHECK(status_after(gate, binary_header(0x21, 0x11, "short")) == 400);
        CHECK(rejected(gate, "bad_proxy_header") == 1);
    }

    TEST_CASE("a stranger's PROXY header is not believed") {
        const char* const trusted = "trusted_proxies: [192.0.2.0/24]\n";
        {
            running_gateway gate(configuration("require", "echo", trusted));
            raw_socket client = raw_socket::connect(gate.address());
            client.send(text_header + upgrade_request_text());
            const http_head head = client.read_head();
            CHECK(head.status() == 403);
            CHECK(client.read_body(head).find("trusted_proxies") != std::string::npos);
            CHECK(rejected(gate, "untrusted_peer") == 1);
        }
        {
            running_gateway gate(configuration("accept", "echo", trusted));
            CHECK(status_after(gate, text_header + upgrade_request_text()) == 400);
            CHECK(status_after(gate, binary_v4() + upgrade_request_text()) == 400);
            CHECK(rejected(gate, "malformed") == 2);
            CHECK(status_after(gate, upgrade_request_text()) == 101);
        }
    }

    TEST_CASE("a listener that is not told to read PROXY headers does not") {
        running_gateway gate;
        for (const std::string& header : {text_header, binary_v4()}) {
            raw_socket client = raw_socket::connect(gate.address());
            client.send(header + upgrade_request_text());
            const http_head head = client.read_head();
            CHECK(head.status() == 400);
            CHECK(client.read_body(head).find("`proxy_protocol: accept`") != std::string::npos);
        }
        CHECK(rejected(gate, "malformed") == 2);
    }

    TEST_CASE("a PROXY header comes over a Unix socket as well") {
        const std::string path = "/tmp/pulsegate-proxy-" + std::to_string(::getpid()) + ".sock";
        scripted_app app;
        running_gateway gate(
            configuration("require", app.url(), "trusted_proxies: []\n", "unix:" + path));
        for (const std::size_t cut : {0u, 1u, 30u}) {
            CAPTURE(cut);
            const std::string all = text_header + upgrade_request_text();
            raw_socket client = raw_socket::connect(gate.address());
            client.send(all.substr(0, cut));
            client.send(all.substr(cut));
            CHECK(client.read_head().status() == 101);
            CHECK(app.next_request().header("X-Real-IP") == "203.0.113.9");
        }
        raw_socket unknown = raw_socket::connect(gate.address());
        unknown.send("PROXY UNKNOWN\r\n" +
                     upgrade_request_text("/", "X-Forwarded-For: 192.0.2.4\r\n"));
        CHECK(unknown.read_head().status() == 101);
        CHECK(app.next_request().header("X-Real-IP") == "192.0.2.4");
    }

    TEST_CASE("a PROXY header that never ends is 408, and nothing stays of those who leave") {
        running_gateway gate(configuration("require", "echo", "limits: { handshake: 200ms }\n"));
        CHECK(status_after(gate, "PROXY TCP4 ") == 408);
        {
            raw_socket silent = raw_socket::connect(gate.address());
            CHECK(silent.read_head().status() == 408);
            raw_socket leaves = raw_socket::connect(gate.address());
            leaves.send("PROXY");
            leaves.shut();
            (void)leaves.wait_end();
            raw_socket resets = raw_socket::connect(gate.address());
            resets.send("PROXY");
            resets.reset();
        }
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "handshake_timeout"}},
                         2);
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "client_gone"}}, 2);
    }

    TEST_CASE("connections that wait for their PROXY header end with the gateway") {
        running_gateway gate(configuration("require", "echo"));
        raw_socket client = raw_socket::connect(gate.address());
        client.send("PROXY TCP4 ");
        gate.wait_metric("pulsegate_handshakes_in_progress", {}, 1);
        gate.self().stop();
        (void)gate.wait_outcome();
        (void)client.wait_end();
    }

} // TEST_SUITE

} // namespace pulsegate::test
