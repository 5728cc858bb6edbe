// Pings go out between frames, pings are answered, pongs end at the gateway; text heartbeats.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

std::string route_to(const std::string& url, const std::string& heartbeat = "") {
    return "routes: [{ path: /, upstream: '" + url + "'" +
           (heartbeat.empty() ? "" : ", heartbeat: { " + heartbeat + " }") + " }]";
}

/// Long enough that no heartbeat falls into a test.
const std::string quiet = "interval: 1h, timeout: 2h";
/// Pings every 100 ms; nobody is evicted within a test.
const std::string beating = "interval: 100ms, timeout: 1h";

struct raw_pair {
    raw_socket client;
    raw_socket app;
};

raw_pair connect_pair(const running_gateway& gate, raw_app& app) {
    raw_socket client = raw_socket::connect(gate.address());
    client.send(upgrade_request_text());
    raw_app::session served = app.accept_session();
    CHECK(client.read_head().status() == 101);
    return {std::move(client), std::move(served.socket)};
}

} // namespace

TEST_SUITE("heartbeat") {

    TEST_CASE("both legs are pinged, and round trips are measured") {
        scripted_app app;
        running_gateway gate(route_to(app.url(), beating));
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        wait_until("pings on both legs",
                   [&] { return client.pings() >= 3 && server.pings() >= 3; });
        for (const char* const leg : {"client", "app"}) {
            CAPTURE(leg);
            CHECK(gate.metric("pulsegate_pings_sent_total", {{"leg", leg}}) >= 3);
            wait_until("pongs", [&] {
                return gate.metric("pulsegate_pongs_received_total", {{"leg", leg}}) >= 3;
            });
        }
        CHECK(gate.metric("pulsegate_ping_rtt_seconds_count") >= 3);
        CHECK(gate.metric("pulsegate_messages_total") == 0);
        CHECK(client.pongs().empty()); // the pongs of one leg do not show on the other
        CHECK(server.pongs().empty());
    }

    TEST_CASE("a client that talks all the time is pinged all the same") {
        running_gateway gate("heartbeat: { interval: 100ms, timeout: 1h }");
        ws_peer client = ws_peer::connect(gate.address());
        wait_until("three pings under traffic", [&] {
            client.send("busy");
            CHECK(client.receive().data == "busy");
            return client.pings() >= 3;
        });
    }

    TEST_CASE("the gateway answers pings of both sides itself") {
        raw_app app;
        running_gateway gate(route_to(app.url(), quiet));
        raw_pair pair = connect_pair(gate, app);
        for (raw_socket* const one : {&pair.client, &pair.app}) {
            for (const std::string& payload :
                 {std::string(), std::string("abc"), std::string(125, 'p')}) {
                one->send_frame(frame_kind::ping, payload);
                const raw_frame pong = one->read_frame();
                CHECK(pong.kind == frame_kind::pong);
                CHECK(pong.payload == payload);
                CHECK(pong.masked ==
                      (one == &pair.app)); // RFC 6455 §5.1: the gateway is its client
            }
            one->send_frame(frame_kind::pong, "unasked");
        }
        // The first thing that passes is the message: neither pings nor pongs did.
        pair.client.send_frame(frame_kind::text, "up");
        CHECK(pair.app.read_frame().payload == "up");
        pair.app.send_frame(frame_kind::text, "down");
        CHECK(pair.client.read_frame().payload == "down");
    }

    TEST_CASE("a ping goes out between the fragments of a message") {
        raw_app app;
        running_gateway gate(route_to(app.url(), beating));
        raw_pair pair = connect_pair(gate, app);
        pair.app.send_frame(frame_kind::text, "first ", false);
        raw_frame frame = pair.client.read_frame();
        while (frame.kind == frame_kind::ping)
            frame = pair.client.read_frame();
        CHECK(frame.payload == "first ");
        CHECK(pair.client.read_frame().kind == frame_kind::ping); // while the message is unfinished
        pair.app.send_frame(frame_kind::continuation, "second", true);
        CHECK(pair.client.read_message().payload == "second");
    }

    TEST_CASE("a ping never goes out inside a frame") {
        raw_app app;
        running_gateway gate(route_to(app.url(), beating));
        raw_pair pair = connect_pair(gate, app);
        const std::string text(1'000, 't');
        const std::string bytes = to_bytes({.kind = frame_kind::text, .payload = text});
        pair.app.send(bytes.substr(0, 500));
        // The app leg's pings say that the time for the client's has come as well.
        int seen = 0;
        while (seen < 3)
            seen += pair.app.read_frame().kind == frame_kind::ping ? 1 : 0;
        pair.app.send(bytes.substr(500));
        raw_frame frame = pair.client.read_frame();
        while (frame.kind == frame_kind::ping)
            frame = pair.client.read_frame();
        CHECK(frame.payload == text); // a ping inside would have broken it
        CHECK(pair.client.read_frame().kind == frame_kind::ping);
    }

    TEST_CASE("pings that could not be answered at once are answered with the next gap") {
        // The client is in the middle of receiving a frame, so no pong fits.
        raw_app app;
        running_gateway gate(route_to(app.url(), quiet));
        raw_pair pair = connect_pair(gate, app);
        const std::string bytes = to_bytes({.kind = frame_kind::text, .payload = "abcdef"});
        pair.app.send(bytes.substr(0, 4));
        CHECK(pair.client.read_exactly(4) == bytes.substr(0, 4));
        for (const char* const payload : {"one", "two", "three"})
            pair.client.send_frame(frame_kind::ping, payload);
        pair.client.send_frame(frame_kind::text, "marker");
        CHECK(pair.app.read_frame().payload == "marker"); // the pings have been seen
        pair.app.send(bytes.substr(4));
        CHECK(pair.client.read_exactly(bytes.size() - 4) == bytes.substr(4));
        for (const char* const payload : {"one", "two", "three"}) {
            const raw_frame pong = pair.client.read_frame();
            CHECK(pong.kind == frame_kind::pong);
            CHECK(pong.payload == payload);
        }
        pair.app.send_frame(frame_kind::text, "next");
        CHECK(pair.client.read_frame().payload == "next"); // not another pong
    }

    TEST_CASE("of a flood of pings the last one is answered") {
        // RFC 6455 §5.5.3.
        constexpr int count = 2'000;
        running_gateway gate("");
        raw_socket client = raw_socket::upgraded(gate.address());
        std::string flood;
        for (int i = 0; i < count; ++i)
            flood +=
                to_bytes({.kind = frame_kind::ping, .masked = true, .payload = std::to_string(i)});
        client.send(flood);
        int pongs = 0;
        for (std::string last; last != std::to_string(count - 1); ++pongs)
            last = client.read_frame().payload;
        CHECK(pongs <= count);
        client.send_frame(frame_kind::text, "next");
        CHECK(client.read_frame().payload == "next");
    }

    TEST_CASE("text heartbeats go out, and their answers do not reach the application") {
        raw_app app;
        running_gateway gate(route_to(
            app.url(), "method: text, text: { send: are you there, expect: 'yes' }, " + beating));
        raw_pair pair = connect_pair(gate, app);
        for (int i = 0; i < 3; ++i) {
            const raw_frame beat = pair.client.read_frame();
            CHECK(beat.kind == frame_kind::text);
            CHECK(beat.payload == "are you there");
            pair.client.send_frame(frame_kind::text, "yes");
        }
        pair.client.send_frame(frame_kind::text, "yes!");
        pair.client.send_frame(frame_kind::binary, "yes");
        CHECK(pair.app.read_message().payload == "yes!");
        CHECK(pair.app.read_message().kind == frame_kind::binary);
        CHECK(gate.metric("pulsegate_messages_total", {{"direction", "client_to_app"}}) == 2);
    }

    TEST_CASE("a text heartbeat waits for the end of a fragmented message") {
        raw_app app;
        running_gateway gate(route_to(app.url(), "method: text, " + beating));
        raw_pair pair = connect_pair(gate, app);
        CHECK(pair.client.read_frame().payload == "ping");
        pair.app.send_frame(frame_kind::text, "begin ", false);
        raw_frame frame = pair.client.read_frame();
        while (frame.payload == "ping")
            frame = pair.client.read_frame();
        CHECK(frame.payload == "begin ");
        int pings = 0; // on the app leg: the time for several beats passes
        while (pings < 4)
            pings += pair.app.read_frame().kind == frame_kind::ping ? 1 : 0;
        pair.app.send_frame(frame_kind::continuation, "end", true);
        CHECK(pair.client.read_frame().payload == "end");
        CHECK(pair.client.read_frame().payload == "ping");
    }

    TEST_CASE("ping_then_text adds the text when a ping went unanswered") {
        raw_app app;
        running_gateway gate(route_to(app.url(), "method: ping_then_text, " + beating));
        raw_pair pair = connect_pair(gate, app);
        const raw_frame first = pair.client.read_frame();
        CHECK(first.kind == frame_kind::ping);
        pair.client.send_frame(frame_kind::pong, first.payload);
        CHECK(pair.client.read_frame().kind == frame_kind::ping); // answered: no text
        CHECK(pair.client.read_frame().kind == frame_kind::ping);
        const raw_frame text = pair.client.read_frame();
        CHECK(text.kind == frame_kind::text);
        CHECK(text.payload == "ping");
    }

    TEST_CASE("a client's own text heartbeat is answered by the gateway") {
        raw_app app;
        running_gateway gate(
            route_to(app.url(),
                     "answer: { ping: pong, '{\"type\":\"hb\"}': '{\"type\":\"ok\"}' }, " + quiet));
        raw_pair pair = connect_pair(gate, app);
        pair.client.send_frame(frame_kind::text, "ping");
        CHECK(pair.client.read_frame().payload == "pong");
        pair.client.send_frame(frame_kind::text, "{\"type\":\"hb\"}");
        CHECK(pair.client.read_frame().payload == "{\"type\":\"ok\"}");
        pair.client.send_frame(frame_kind::text, "pong");
        pair.client.send_frame(frame_kind::text, "pi", false); // fragments are not heartbeats
        pair.client.send_frame(frame_kind::continuation, "ng", true);
        CHECK(pair.app.read_frame().payload == "pong");
        CHECK(pair.app.read_frame().payload == "pi");
        CHECK(pair.app.read_frame().payload == "ng");
    }

} // TEST_SUITE

} // namespace pulsegate::test
