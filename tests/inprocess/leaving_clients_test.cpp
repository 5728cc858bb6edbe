// Clients that leave before they have an answer: noticed at once, and their places are free.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <vector>

namespace pulsegate::test {
namespace {

void wait_gone(const running_gateway& gate, double count) {
    gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "client_gone"}}, count);
}

std::string yaml(const raw_app& app, const std::string& more) {
    return more + "\nroutes: [{ path: /, upstream: '" + app.url() + "' }]";
}

/// Listens, and its queue is full: connecting to it takes for ever.
class unreachable_app {
public:
    unreachable_app() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size);
        ::listen(descriptor_, 0);
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
        address_ = {"127.0.0.1", ntohs(address.sin_port)};
        filling_.push_back(raw_socket::connect(address_));
    }
    unreachable_app(const unreachable_app&) = delete;
    unreachable_app& operator=(const unreachable_app&) = delete;
    ~unreachable_app() { ::close(descriptor_); }

    [[nodiscard]] std::string url() const { return "ws://" + to_string(address_); }

private:
    int descriptor_;
    tcp_address address_;
    std::vector<raw_socket> filling_;
};

} // namespace

TEST_SUITE("leaving clients") {

    TEST_CASE("a client that leaves while the application thinks gives its place back at once") {
        const struct {
            const char* name;
            std::function<void(raw_socket&)> leave;
        } ways[] = {
            {"closes", [](raw_socket& client) { client.cut(); }},
            {"resets", [](raw_socket& client) { client.reset(); }},
            {"ends its sending side", [](raw_socket& client) { client.shut(); }},
        };
        for (const auto& way : ways) {
            CAPTURE(way.name);
            raw_app app;
            running_gateway gate(yaml(app, "limits: { connections_per_client: 2, handshake: 1m }"));
            std::vector<raw_socket> clients;
            std::vector<raw_socket> asked;
            for (int i = 0; i < 2; ++i) {
                clients.push_back(raw_socket::connect(gate.address()));
                clients.back().send(upgrade_request_text());
                asked.push_back(app.accept());
                (void)asked.back().read_head();
            }
            for (raw_socket& each : clients)
                way.leave(each);
            wait_gone(gate, 2);
            for (raw_socket& each : asked) // the application is told
                (void)each.wait_end();
            raw_socket third = raw_socket::connect(gate.address());
            third.send(upgrade_request_text());
            raw_app::session served = app.accept_session();
            CHECK(third.read_head().status() == 101);
        }
    }

    TEST_CASE(
        "a client that leaves while the application is dialled gives its place back at once") {
        // A listening queue that is full: connecting takes for ever.
        unreachable_app app;
        running_gateway gate("workers: 1\nlimits: { connections_per_client: 1, handshake: 1m }\n"
                             "routes: [{ path: /, upstream: echo }, { path: /slow, upstream: '" +
                             app.url() + "' }]");
        {
            raw_socket leaves = raw_socket::connect(gate.address());
            leaves.send(upgrade_request_text("/slow"));
            // One worker takes them in the order in which they came.
            raw_socket other = raw_socket::connect(gate.address());
            other.send(upgrade_request_text());
            CHECK(other.read_head().status() == 429);
        }
        wait_gone(gate, 1);
        raw_socket next = raw_socket::upgraded(gate.address());
    }

    TEST_CASE("what a client sends before its answer is no reason to think that it has left") {
        raw_app app;
        running_gateway gate(yaml(app, ""));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket asked = app.accept();
        const http_head request = asked.read_head();
        for (int i = 0; i < 5; ++i)
            client.send_frame(frame_kind::text, "early");
        CHECK_FALSE(asked.is_readable(50ms)); // the frames wait for the session
        asked.send(switching_protocols(request));
        CHECK(client.read_head().status() == 101);
        for (int i = 0; i < 5; ++i)
            CHECK(asked.read_message().payload == "early");
        wait_gone(gate, 0);
    }

} // TEST_SUITE

} // namespace pulsegate::test
