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

constexpr std::string_view cuts = "pulsegate_suspected_hop_cuts_total";
constexpr std::size_t count = 10;
constexpr auto limit = 2'000ms;
constexpr auto apart = 520ms; // a little more than what counts as one occasion

std::vector<raw_socket> connect_all(const running_gateway& gate) {
    std::vector<raw_socket> clients;
    for (std::size_t i = 0; i < count; ++i)
        clients.push_back(upgraded_from("127.0.1." + std::to_string(1 + i), gate.address()));
    return clients;
}

/// Has each client be quiet for `limit`, and lost then, by RST or FIN.
void lose(std::vector<raw_socket>& clients) {
    std::multimap<std::chrono::milliseconds, std::function<void()>> steps;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        raw_socket& client = clients[i];
        steps.emplace(i % count * apart, [&client] { exchange(client); });
        steps.emplace(i % count * apart + limit,
                      [&client, i] { i % 2 == 0 ? client.reset() : client.cut(); });
    }
    const auto began = std::chrono::steady_clock::now();
    for (const auto& [when, step] : steps) {
        std::this_thread::sleep_until(began + when); // the pace of the clients
        step();
    }
}

/// Soon, or not at all.
bool is_limit_found(const running_gateway& gate) {
    const auto until = std::chrono::steady_clock::now() + 4s; // two looks, and a slow machine
    while (std::chrono::steady_clock::now() < until)
        if (gate.metric(cuts, {{"hop", "undeclared"}}) >= 5)
            return true;
    return false;
}

} // namespace

TEST_CASE("clients that are lost after the same silence, by FIN or RST, have a limit in common; "
          "those of a drain are left out") {
    running_gateway serving;
    running_gateway draining("drain: { window: 1h }");
    std::vector<raw_socket> untold = connect_all(draining);
    raw_socket last = raw_socket::upgraded(draining.address()); // it ends with its last session
    draining.self().drain();
    draining.wait_metric("pulsegate_draining", {}, 1);
    // A busy machine may be late by more than a limit is wide: then once more.
    bool is_found = false;
    for (int round = 0; round < 5 && !is_found; ++round) {
        std::vector<raw_socket> clients = connect_all(serving);
        for (raw_socket& each : untold) // in the first round
            clients.push_back(std::move(each));
        untold.clear();
        lose(clients);
        is_found = is_limit_found(serving);
    }
    CHECK(is_found);
    draining.wait_closed("client_lost", count);
    CHECK(draining.metric(cuts) == 0);
    last.cut();
    draining.wait_outcome();
}

} // namespace pulsegate::test
