// Connections that are lost without a Close frame are compared with one another, however they end,
// unless the gateway drains.
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace pulsegate::test {
namespace {

constexpr std::string_view cuts = "pulsegate_suspected_hop_cuts_total";

/// A client with an address of its own.
raw_socket upgraded_from(const std::string& address, const socket_address& to) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(descriptor >= 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, address.c_str(), &own.sin_addr) == 1);
    REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    raw_socket client = raw_socket::connect(descriptor, to);
    client.send(upgrade_request_text());
    REQUIRE(client.read_head().status() == 101);
    return client;
}

/// Both sides hear from each other for the last time.
void exchange(raw_socket& client) {
    client.send_frame(frame_kind::text, "still here");
    REQUIRE(client.read_message().payload == "still here");
}

/// Clients of a gateway, which are lost one after the other, each after the same silence.
class losses {
public:
    explicit losses(const running_gateway& gate) {
        for (int i = 0; i < count; ++i)
            clients_.push_back(upgraded_from("127.0.1." + std::to_string(1 + i), gate.address()));
    }

    void begin_silence(std::size_t which) { exchange(clients_[which]); }
    void end_silence(std::size_t which) {
        if (which % 2 == 0)
            clients_[which].reset();
        else
            clients_[which].cut();
    }

    static constexpr int count = 10;

private:
    std::vector<raw_socket> clients_;
};

} // namespace

TEST_CASE("clients that are lost after the same silence, by FIN or RST, have a limit in common; "
          "those of a drain are left out") {
    constexpr auto limit = 2'000ms;
    constexpr auto apart = 520ms; // a little more than what counts as one occasion
    running_gateway serving;
    running_gateway draining("drain: { window: 1h }");
    losses told(serving);
    losses untold(draining);
    raw_socket last = raw_socket::upgraded(draining.address()); // it ends with its last session
    draining.self().drain();
    draining.wait_metric("pulsegate_draining", {}, 1);

    std::multimap<std::chrono::milliseconds, std::function<void()>> steps;
    for (std::size_t i = 0; i < losses::count; ++i)
        for (losses* const each : {&told, &untold}) {
            steps.emplace(i * apart, [=] { each->begin_silence(i); });
            steps.emplace(i * apart + limit, [=] { each->end_silence(i); });
        }
    const auto began = std::chrono::steady_clock::now();
    for (const auto& [when, step] : steps) {
        std::this_thread::sleep_until(began + when); // the pace of the clients
        step();
    }
    const running_gateway::labels undeclared{{"hop", "undeclared"}};
    wait_until("a limit to be found", [&] { return serving.metric(cuts, undeclared) >= 5; });
    CHECK(draining.closed("client_lost") == losses::count);
    CHECK(draining.metric(cuts, undeclared) == 0);
    last.cut();
    draining.wait_outcome();
}

} // namespace pulsegate::test
