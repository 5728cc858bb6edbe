// The planned end of all sessions, and the unplanned one.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace pulsegate::test {

TEST_SUITE("drain") {

    TEST_CASE("a drain says 1012 to every client and returns when all have gone") {
        running_gateway gate("drain: { window: 500ms }");
        std::vector<ws_peer> clients;
        for (int i = 0; i < 50; ++i)
            clients.push_back(ws_peer::begin(gate.address()));
        for (ws_peer& each : clients)
            REQUIRE(each.status() == 101);
        CHECK(gate.get("/readyz").first == 200);
        gate.self().drain();
        for (const ws_peer& each : clients) {
            const auto end = each.wait_closed();
            CHECK(end.code == 1012);
            CHECK(end.reason == "service restart");
        }
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("while draining nobody new comes in, and the goodbyes are spread over the window") {
        constexpr auto window = 2s;
        running_gateway gate("drain: { window: 2s, close: { code: 4200, reason: moving } }");
        std::vector<ws_peer> clients;
        for (int i = 0; i < 40; ++i)
            clients.push_back(ws_peer::begin(gate.address()));
        for (ws_peer& each : clients)
            REQUIRE(each.status() == 101);
        gate.self().drain();
        const auto began = std::chrono::steady_clock::now();
        gate.wait_metric("pulsegate_draining", {}, 1);
        CHECK(gate.get("/readyz").first == 503);
        CHECK(gate.get("/healthz").first == 200);
        raw_socket late = raw_socket::connect(gate.address());
        late.send(upgrade_request_text());
        const http_head refused = late.read_head();
        CHECK(refused.status() == 503);
        CHECK(!refused.header("retry-after").empty());
        // Forty random moments: that all fall into one half of the window has a chance of 2^-39.
        std::size_t in_first_half = 0;
        std::size_t closed = 0;
        wait_until("all goodbyes", [&] {
            closed = 0;
            for (const ws_peer& each : clients)
                closed += each.is_closed() ? 1 : 0;
            if (std::chrono::steady_clock::now() - began < window / 2)
                in_first_half = closed;
            return closed == clients.size();
        });
        CHECK(in_first_half > 0);
        CHECK(in_first_half < clients.size());
        for (const ws_peer& each : clients)
            CHECK(each.wait_closed().code == 4200);
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("in a drain the application still gets its last words to the client") {
        raw_app app;
        running_gateway gate("drain: { window: 0s }\nroutes: [{ path: /, upstream: '" + app.url() +
                             "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        gate.self().drain();
        CHECK(served.socket.read_message().close_code() == 1012);
        served.socket.send_frame(frame_kind::text, "saved");
        served.socket.send_close(1012);
        CHECK(client.read_message().payload == "saved");
        CHECK(client.read_message().close_code() == 1012);
        client.send_close(1012);
        client.wait_end();
        served.socket.cut();
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a drain without sessions returns at once") {
        running_gateway gate("drain: { window: 1h }");
        gate.self().drain();
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a drain ends in spite of peers that do not answer") {
        raw_app app;
        running_gateway gate("drain: { window: 0s }\nroutes: [{ path: /, upstream: '" + app.url() +
                             "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        gate.self().drain();
        CHECK(served.socket.read_message().close_code() == 1012);
        CHECK(client.read_message().close_code() == 1012);
        client.wait_end();
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a session that begins while the gateway drains is drained as well") {
        raw_app app;
        running_gateway gate("drain: { window: 1s }\nroutes: [{ path: /, upstream: '" + app.url() +
                             "' }, { path: /echo, upstream: echo }]");
        std::vector<ws_peer> clients; // that a drain has to go along
        for (int i = 0; i < 300; ++i)
            clients.push_back(ws_peer::begin(gate.address(), {.target = "/echo"}));
        for (ws_peer& each : clients)
            REQUIRE(each.status() == 101);
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket asked = app.accept();
        const http_head request = asked.read_head();
        gate.self().drain();
        gate.wait_metric("pulsegate_draining", {}, 1);
        asked.send(switching_protocols(request));
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().close_code() == 1012);
        client.send_close(1012);
        for (const ws_peer& each : clients)
            CHECK(each.wait_closed().code == 1012);
        asked.cut();
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a second drain, or stop, cuts what is left") {
        for (const bool stops : {true, false}) {
            CAPTURE(stops);
            running_gateway gate("drain: { window: 1h }");
            ws_peer client = ws_peer::connect(gate.address());
            raw_socket half = raw_socket::connect(gate.address()); // a handshake in progress
            half.send("GET / HTT");
            gate.wait_metric("pulsegate_handshakes_in_progress", {}, 1);
            gate.self().drain();
            stops ? gate.self().stop() : gate.self().drain();
            CHECK(gate.wait_outcome() == gateway::outcome::cut);
            CHECK(client.wait_closed().code == 1006);
            half.wait_end();
        }
    }

    TEST_CASE("stop ends sessions that are busy in every way") {
        raw_app app;
        running_gateway gate("routes: [{ path: /echo, upstream: echo }, { path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer idle = ws_peer::connect(gate.address(), {.target = "/echo"});
        ws_peer blocked =
            ws_peer::connect(gate.address(), {.target = "/echo", .starts_paused = true});
        for (int i = 0; i < 20; ++i)
            blocked.send(std::string(1'000'000, 'b'));
        wait_until("something to be pending",
                   [&] { return gate.metric("pulsegate_pending_bytes") > 0; });
        raw_socket asking = raw_socket::connect(gate.address());
        asking.send(upgrade_request_text());
        raw_socket asked = app.accept(); // never answers
        raw_socket closing = raw_socket::upgraded(gate.address(), "/echo");
        closing.send_frame(frame_kind::text, "\xFF"); // lingers behind its Close
        CHECK(closing.read_message().close_code() == 1007);
        gate.self().stop();
        CHECK(gate.wait_outcome() == gateway::outcome::cut);
        asking.wait_end();
        asked.wait_end();
        closing.wait_end();
        CHECK(idle.wait_closed().code == 1006);
    }

} // TEST_SUITE

} // namespace pulsegate::test
