// Listeners: Unix sockets, several at once, and accepting when descriptors have run out.
#include "support/exposition_text.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace pulsegate::test {
namespace {

/// A directory that is gone after the test.
struct temporary_directory {
    temporary_directory() {
        std::string pattern = std::filesystem::temp_directory_path() / "pulsegate-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("mkdtemp");
        path = pattern;
    }
    ~temporary_directory() { std::filesystem::remove_all(path); }
    std::string path;
};

/// While it lives, this process gets no new descriptor (EMFILE).
class descriptor_limit {
public:
    descriptor_limit() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0); // the lowest that is free
        ::close(next);
        const rlimit low{static_cast<rlim_t>(next), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &low);
    }
    ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

} // namespace

TEST_SUITE("listeners") {

    TEST_CASE("a Unix socket serves, and its file is gone afterwards") {
        const temporary_directory directory;
        const std::string path = directory.path + "/gate.sock";
        scripted_app app({.echoes = true});
        {
            running_gateway gate("listeners: [{ address: 'unix:" + path +
                                 "' }]\nroutes: [{ path: /, upstream: '" + app.url() + "' }]");
            std::vector<raw_socket> clients;
            for (int i = 0; i < 20; ++i)
                clients.push_back(raw_socket::upgraded(
                    gate.address(), "/", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n"));
            for (raw_socket& each : clients) {
                each.send_frame(frame_kind::text, "over a file");
                CHECK(each.read_message().payload == "over a file");
            }
            // Its peers are local and trusted; there is no address to append.
            const seen_request seen = app.next_request();
            CHECK(seen.header("X-Forwarded-For") == "203.0.113.9, 198.51.100.7");
            CHECK(seen.header("X-Real-IP") == "198.51.100.7");
            clients.clear();
            gate.wait_metric("pulsegate_connections", {}, 0);
            gate.self().drain();
            CHECK(gate.wait_outcome() == gateway::outcome::drained);
        }
        CHECK(!std::filesystem::exists(path));
    }

    TEST_CASE("a socket file that is left over is replaced, one in use is not") {
        const temporary_directory directory;
        const std::string yaml =
            "listeners: [{ address: 'unix:" + directory.path + "/gate.sock' }]";
        running_gateway first(yaml);
        CHECK_THROWS_WITH_AS(running_gateway{yaml},
                             doctest::Contains("another process listens there"),
                             std::runtime_error);
        raw_socket client = raw_socket::upgraded(first.address());
        // The file outlives a process that was killed: so does this one, under another name.
        const std::string stale = directory.path + "/stale.sock";
        {
            running_gateway killed("listeners: [{ address: 'unix:" + stale + "' }]");
            std::filesystem::create_hard_link(stale, stale + ".kept");
            killed.self().stop();
            (void)killed.wait_outcome();
        }
        std::filesystem::rename(stale + ".kept", stale);
        running_gateway second("listeners: [{ address: 'unix:" + stale + "' }]");
        raw_socket other = raw_socket::upgraded(second.address());
    }

    TEST_CASE("several listeners serve at once") {
        running_gateway gate("listeners: [{ address: 127.0.0.1:0 }, { address: 127.0.0.1:0 }]");
        raw_socket first = raw_socket::upgraded(gate.address(0));
        raw_socket second = raw_socket::upgraded(gate.address(1));
    }

    TEST_CASE("an address in use is named") {
        running_gateway gate;
        // Not by SO_REUSEPORT, which would share it: by a plain socket.
        raw_socket busy = raw_socket::connect(gate.address());
        const auto admin = gate.self().admin_address();
        CHECK_THROWS_WITH_AS(
            running_gateway("listeners: [{ address: '127.0.0.1:" + std::to_string(admin.port) +
                            "' }]"),
            doctest::Contains(std::to_string(admin.port).c_str()), std::runtime_error);
    }

    // Not under sanitizers: they need descriptors themselves, to look whether memory is readable. A
    // single accept() that fails is among the cases of teardown_test.cpp.
    TEST_CASE("running out of descriptors delays clients and loses none" *
              doctest::skip(is_sanitized)) {
        running_gateway gate("workers: 1");
        ws_peer before = ws_peer::connect(gate.address());
        raw_socket admin = raw_socket::connect(gate.self().admin_address());
        const auto accept_errors = [&] {
            admin.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return parse_exposition(admin.read_body(admin.read_head()))
                .at("pulsegate_accept_errors_total");
        };
        CHECK(accept_errors() == 0);
        std::vector<int> unconnected;
        for (int i = 0; i < 10; ++i)
            unconnected.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        std::vector<raw_socket> waiting;
        {
            const descriptor_limit none_left;
            for (const int each : unconnected)
                waiting.push_back(raw_socket::connect(each, gate.address()));
            wait_until("accepting to fail", [&] { return accept_errors() > 0; });
            before.send("still served");
            CHECK(before.receive().data == "still served");
        }
        for (raw_socket& each : waiting) {
            each.send(upgrade_request_text());
            CHECK(each.read_head().status() == 101);
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
