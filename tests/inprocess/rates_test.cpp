// How much a client may send: it is paused, or closed with 1008.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

std::string rated(const std::string& rate, const std::string& upstream = "echo") {
    return "routes: [{ path: /, upstream: '" + upstream + "', rate: { " + rate + " } }]\n";
}

void wait_passed(const running_gateway& gate, double messages) {
    wait_until("messages to pass", [&] {
        return gate.metric("pulsegate_messages_total", {{"direction", "client_to_app"}}) >=
               messages;
    });
}

} // namespace

TEST_SUITE("rates") {

    TEST_CASE("a client that sends too much is read more slowly, and loses nothing") {
        running_gateway gate(rated("messages: 50"));
        ws_peer client = ws_peer::connect(gate.address());
        constexpr int count = 160; // 100 at once, the rest takes more than a second
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < count; ++i)
            client.send(std::to_string(i));
        for (int i = 0; i < count; ++i)
            REQUIRE(client.receive().data == std::to_string(i));
        CHECK(std::chrono::steady_clock::now() - began >= 1s);
        CHECK(gate.live() == 1);
        CHECK(gate.metric("pulsegate_pending_bytes") == 0);
    }

    TEST_CASE("bytes are limited too, also in one large message") {
        running_gateway gate(rated("bytes: 100KiB"));
        ws_peer client = ws_peer::connect(gate.address());
        const std::string large(350 * 1024, 'x');
        const auto began = std::chrono::steady_clock::now();
        client.send(large);
        CHECK(client.receive().data == large);
        CHECK(std::chrono::steady_clock::now() - began >= 800ms); // 200 at once, a read of 64 more
    }

    TEST_CASE("a client that is paused is told 1012 in a drain like any other") {
        running_gateway gate(rated("messages: 1") + "drain: { window: 0s }");
        raw_socket client = raw_socket::upgraded(gate.address());
        for (int i = 0; i < 50; ++i)
            client.send_frame(frame_kind::text, "again");
        wait_passed(gate, 2);
        gate.self().drain();
        raw_frame last = client.read_message();
        while (last.kind != frame_kind::close)
            last = client.read_message();
        CHECK(last.close_code() == 1012);
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a client that is paused is not evicted, whatever it cannot say") {
        running_gateway gate("heartbeat: { interval: 100ms, timeout: 300ms }\n" +
                             rated("messages: 2"));
        ws_peer client = ws_peer::connect(gate.address());
        for (int i = 0; i < 8; ++i)
            client.send("again");
        for (int i = 0; i < 8; ++i)
            CHECK(client.receive().data == "again");
        CHECK(gate.closed("evicted") == 0);
    }

    TEST_CASE("a client that leaves while it is paused is noticed at once") {
        running_gateway gate(rated("messages: 1")); // for a quarter of a minute
        {
            raw_socket client = raw_socket::upgraded(gate.address());
            for (int i = 0; i < 20; ++i)
                client.send_frame(frame_kind::text, "again");
            wait_passed(gate, 2);
            client.cut();
        }
        gate.wait_closed("client_lost");
    }

    TEST_CASE("pings count: a flood of them is slowed down") {
        running_gateway gate(rated("messages: 20"));
        raw_socket client = raw_socket::upgraded(gate.address());
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < 60; ++i)
            client.send_frame(frame_kind::ping, std::to_string(i));
        client.send_frame(frame_kind::text, "last");
        CHECK(client.read_message().payload == "last");
        CHECK(std::chrono::steady_clock::now() - began >= 800ms);
    }

    TEST_CASE("where the action is close, what was allowed has passed before the 1008") {
        raw_app app;
        running_gateway gate(rated("messages: 4, action: close", app.url()));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        REQUIRE(client.read_head().status() == 101);
        std::string burst;
        for (int i = 0; i < 20; ++i)
            burst += to_bytes({.kind = frame_kind::text, .masked = true, .payload = "m"});
        client.send(burst);
        for (int i = 0; i < 8; ++i) // four a second, for two seconds
            CHECK(served.socket.read_frame().payload == "m");
        const raw_frame end = served.socket.read_frame();
        CHECK(end.kind == frame_kind::close);
        CHECK(end.close_code() == 1008);
        CHECK(client.read_frame().close_code() == 1008);
        served.socket.send_close(1008);
        client.cut();
        gate.wait_closed("rate_exceeded");
    }

    TEST_CASE("a reload sets a limit for sessions that are there, and takes it away") {
        running_gateway gate("");
        ws_peer client = ws_peer::connect(gate.address());
        REQUIRE(gate.reload(rated("messages: 1, action: close")));
        ws_peer other = ws_peer::connect(gate.address());
        wait_until("the limit", [&] {
            if (!client.is_closed())
                client.send("again");
            return client.is_closed();
        });
        CHECK(client.wait_closed().code == 1008);
        REQUIRE(gate.reload(""));
        for (int i = 0; i < 100; ++i)
            other.send("again");
        for (int i = 0; i < 100; ++i)
            CHECK(other.receive().data == "again");
    }
}

} // namespace pulsegate::test
