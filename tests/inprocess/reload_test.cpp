// A reload swaps what connections are served by, and no session notices.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate::test {
namespace {

void expect_echo(ws_peer& client, const std::string& text) {
    client.send(text);
    CHECK(client.receive().data == text);
}

} // namespace

TEST_SUITE("reload") {

    TEST_CASE("a session takes the new interval of its route") {
        running_gateway gate("heartbeat: { interval: 1h, timeout: 2h }");
        ws_peer client = ws_peer::connect(gate.address());
        expect_echo(client, "before");
        CHECK(client.pings() == 0);
        REQUIRE(gate.reload("heartbeat: { interval: 100ms, timeout: 1h }"));
        wait_until("pings in the new rhythm", [&] { return client.pings() >= 3; });
        expect_echo(client, "after");
    }

    TEST_CASE("a session takes the new timeout, and has all of it before it is evicted") {
        running_gateway gate("heartbeat: { interval: 1h, timeout: 2h }");
        raw_socket silent = raw_socket::upgraded(gate.address());
        ws_peer alive = ws_peer::connect(gate.address());
        // Longer than the timeout to come: it must not count against anybody.
        const auto began = std::chrono::steady_clock::now();
        wait_until("a silence", [&] { return std::chrono::steady_clock::now() - began > 500ms; });
        REQUIRE(gate.reload("heartbeat: { interval: 200ms, timeout: 400ms, "
                            "close: { code: 4321, reason: new } }"));
        const auto reloaded = std::chrono::steady_clock::now();
        gate.wait_closed("evicted", 1);
        CHECK(std::chrono::steady_clock::now() - reloaded > 250ms);
        CHECK(silent.read_message().close_code() == 4321);
        expect_echo(alive, "still here");
        CHECK(gate.closed("evicted") == 1);
    }

    TEST_CASE("routes come and go; the sessions of one that is gone stay") {
        running_gateway gate("routes: [{ path: /, upstream: echo }, { path: /a, upstream: echo }]");
        ws_peer old_one = ws_peer::connect(gate.address(), {.target = "/a"});
        REQUIRE(gate.reload("routes: [{ path: /b, upstream: echo }]"));
        expect_echo(old_one, "still served");
        ws_peer new_one = ws_peer::connect(gate.address(), {.target = "/b"});
        expect_echo(new_one, "served");
        CHECK(ws_peer::begin(gate.address(), {.target = "/a"}).status() == 404);
        CHECK(gate.metric("pulsegate_connections", {{"route", "/a"}}) == 1);
        CHECK(gate.metric("pulsegate_connections", {{"route", "/b"}}) == 1);
        old_one.close(1000);
        const running_gateway::labels closed_by_client{{"route", "/a"},
                                                       {"reason", "client_closed"}};
        gate.wait_metric("pulsegate_connections_closed_total", closed_by_client, 1);
        // A route that comes back goes on with its counters.
        REQUIRE(gate.reload("routes: [{ path: /a, upstream: echo }]"));
        ws_peer again = ws_peer::connect(gate.address(), {.target = "/a"});
        CHECK(gate.metric("pulsegate_connections_opened_total", {{"route", "/a"}}) == 2);
        CHECK(gate.metric("pulsegate_connections_closed_total", closed_by_client) == 1);
    }

    TEST_CASE("reloads with ever new routes leave the metrics as long as they were") {
        const auto twenty_routes = [](int reload) {
            std::string yaml = "routes:\n";
            for (int i = 0; i < 20; ++i)
                yaml += "  - { path: /" + std::to_string(reload) + "/" + std::to_string(i) +
                        ", upstream: echo }\n";
            return yaml;
        };
        running_gateway gate(twenty_routes(1000));
        const std::size_t at_first = gate.get("/metrics").second.size();
        ws_peer old_one = ws_peer::connect(gate.address(), {.target = "/1000/7"});
        for (int i = 1001; i < 1100; ++i)
            REQUIRE(gate.reload(twenty_routes(i)));
        // The routes of this configuration, of the one before, and one that has a session.
        CHECK(gate.get("/metrics").second.size() < 5 * at_first / 2);
        CHECK(gate.metric("pulsegate_connections", {{"route", "/1000/7"}}) == 1);
        expect_echo(old_one, "still counted");
        old_one.close(1000);
        gate.wait_metric("pulsegate_connections", {{"route", "/1000/7"}}, 0);
        // What was counted for routes that are gone still counts for the whole.
        ws_peer last = ws_peer::connect(gate.address(), {.target = "/1099/3"});
        const std::string status = gate.ask("GET", "/status").second;
        CHECK(status.find(R"("opened":2)") != std::string::npos);
    }

    TEST_CASE("a new upstream serves new sessions") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: echo }]");
        ws_peer echoed = ws_peer::connect(gate.address());
        REQUIRE(gate.reload("routes: [{ path: /, upstream: '" + app.url() + "' }]"));
        ws_peer client = ws_peer::begin(gate.address());
        ws_peer server = app.accept();
        REQUIRE(client.status() == 101);
        client.send("for the application");
        CHECK(server.receive().data == "for the application");
        expect_echo(echoed, "still echoed");
    }

    TEST_CASE("a handshake that began before a reload ends as it began, and its session follows") {
        raw_app app;
        const std::string routes = "routes: [{ path: /, upstream: '" + app.url() + "' }]\n";
        running_gateway gate(routes + "heartbeat: { interval: 1h, timeout: 2h }");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket server = app.accept();
        const http_head request = server.read_head();
        REQUIRE(gate.reload(routes + "heartbeat: { interval: 100ms, timeout: 1h }"));
        server.send(switching_protocols(request));
        REQUIRE(client.read_head().status() == 101);
        CHECK(client.read_frame().kind == frame_kind::ping);
    }

    TEST_CASE("limits change: of connections at once, of messages for those that are there") {
        running_gateway gate("limits: { connections: 1, message: 100B }");
        ws_peer first = ws_peer::connect(gate.address());
        CHECK(ws_peer::begin(gate.address()).status() == 503);
        REQUIRE(gate.reload("limits: { connections: 2, message: 10B }"));
        ws_peer second = ws_peer::connect(gate.address());
        CHECK(ws_peer::begin(gate.address()).status() == 503);
        expect_echo(first, "0123456789");
        wait_until("the new limit", [&] {
            if (!first.is_closed())
                first.send("0123456789A");
            return first.is_closed();
        });
        CHECK(first.wait_closed().code == 1009);
        expect_echo(second, "0123456789");
    }

    TEST_CASE("an age that is set later counts from the beginning of the session") {
        running_gateway gate("drain: { window: 0s }");
        ws_peer client = ws_peer::connect(gate.address());
        REQUIRE(gate.reload("drain: { window: 0s }\nlimits: { session_age: 1ms }"));
        CHECK(client.wait_closed().code == 1012);
        gate.wait_closed("age");
    }

    TEST_CASE("a compressed session stays as it is if its route begins to read texts") {
        running_gateway gate("heartbeat: { interval: 1h, timeout: 2h }");
        ws_peer compressed = ws_peer::connect(gate.address(), {.deflate = true});
        ws_peer plain = ws_peer::connect(gate.address());
        REQUIRE(gate.reload("heartbeat: { interval: 1h, timeout: 2h, answer: { hi: there } }"));
        wait_until("the answer", [&] {
            plain.send("hi");
            return plain.receive().data == "there";
        });
        expect_echo(compressed, "hi");
    }

    TEST_CASE("a configuration with errors changes nothing and is counted") {
        running_gateway gate("routes: [{ path: /, upstream: echo }]");
        ws_peer client = ws_peer::connect(gate.address());
        CHECK(!gate.reload("routes: [{ path: /new, upstream: nonsense }]"));
        CHECK(gate.metric("pulsegate_config_reloads_total", {{"result", "failure"}}) == 1);
        expect_echo(client, "still here");
        ws_peer other = ws_peer::connect(gate.address());
        expect_echo(other, "as before");
        CHECK(gate.reload("routes: [{ path: /, upstream: echo }]"));
        CHECK(gate.metric("pulsegate_config_reloads_total", {{"result", "success"}}) == 1);
    }

    TEST_CASE("proxies that would cut connections are refused, or warned of") {
        running_gateway gate("");
        const std::string cutting = "heartbeat: { interval: 1h, timeout: 2h }\nproxies: [{ name: "
                                    "x, idle: 10s, resets: any }]";
        CHECK(!gate.reload(cutting));
        CHECK(gate.reload(cutting + "\nalignment: warn"));
    }

    TEST_CASE("what takes a restart stays as it is, the rest is taken") {
        running_gateway gate("workers: 2");
        CHECK(gate.reload("workers: 1\nlisteners: [{ address: 127.0.0.2:0 }]\n"
                          "routes: [{ path: /new, upstream: echo }]"));
        CHECK(gate.metric("pulsegate_workers") == 2);
        ws_peer client = ws_peer::connect(gate.address(), {.target = "/new"});
        expect_echo(client, "hello");
    }

    TEST_CASE("many sessions follow, a few at a time, and none of them ends") {
        constexpr std::size_t count = 1'000;
        running_gateway gate("heartbeat: { interval: 1h, timeout: 2h }");
        std::vector<ws_peer> clients;
        for (std::size_t i = 0; i < count; ++i)
            clients.push_back(ws_peer::begin(gate.address()));
        for (const ws_peer& each : clients)
            REQUIRE(each.status() == 101);
        REQUIRE(gate.reload("heartbeat: { interval: 200ms, timeout: 1h }"));
        for (const ws_peer& each : clients)
            wait_until("a ping for each", [&] { return each.pings() > 0; });
        REQUIRE(gate.reload("heartbeat: { interval: 1h, timeout: 2h }"));
        for (ws_peer& each : clients)
            expect_echo(each, "here");
        CHECK(gate.live() == count);
    }

    TEST_CASE("reloads and the ends of sessions may come together") {
        running_gateway gate("heartbeat: { interval: 100ms, timeout: 1h }");
        for (int round = 0; round < 20; ++round) {
            std::vector<ws_peer> clients;
            for (int i = 0; i < 50; ++i)
                clients.push_back(ws_peer::begin(gate.address()));
            gate.self().reload();
            for (std::size_t i = 0; i < clients.size(); i += 2)
                clients[i].cut();
            CHECK(gate.reload("heartbeat: { interval: 150ms, timeout: 1h }"));
            for (std::size_t i = 1; i < clients.size(); i += 2) {
                REQUIRE(clients[i].status() == 101);
                expect_echo(clients[i], "here");
            }
        }
    }

    TEST_CASE("a draining gateway is not reloaded") {
        running_gateway gate("drain: { window: 1s }");
        ws_peer client = ws_peer::connect(gate.address());
        gate.self().drain();
        gate.self().reload();
        CHECK(client.wait_closed().code == 1012);
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }
}

} // namespace pulsegate::test
