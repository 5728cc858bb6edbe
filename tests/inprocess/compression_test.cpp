// permessage-deflate is negotiated by the two ends and passes through.
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {

TEST_SUITE("compression") {

    TEST_CASE("a client and an application compress end to end") {
        scripted_app app({.echoes = true, .deflate = true});
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address(), {.deflate = true});
        CHECK(client.answer_header("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
        const std::string repetitive(1'000'000, 'x');
        client.send(repetitive);
        client.send("short");
        CHECK((client.receive().data == repetitive));
        CHECK(client.receive().data == "short");
        // What passed was compressed: the gateway saw far fewer bytes than the messages have.
        CHECK(gate.metric("pulsegate_bytes_total", {{"direction", "client_to_app"}}) < 50'000);
        CHECK(gate.metric("pulsegate_messages_total", {{"direction", "client_to_app"}}) == 2);
    }

    TEST_CASE("the built-in echo compresses for those who ask") {
        running_gateway gate;
        ws_peer client = ws_peer::connect(gate.address(), {.deflate = true});
        CHECK(client.answer_header("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
        client.send(std::string(100'000, 'y'));
        CHECK((client.receive().data == std::string(100'000, 'y')));
    }

    TEST_CASE("an application that does not compress is heard uncompressed") {
        scripted_app app({.echoes = true});
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address(), {.deflate = true});
        CHECK(app.next_request().header("Sec-WebSocket-Extensions") != "");
        CHECK(client.answer_header("Sec-WebSocket-Extensions") == "");
        client.send("plain");
        CHECK(client.receive().data == "plain");
    }

    TEST_CASE("a route that reads text heartbeats removes the offer") {
        scripted_app app({.echoes = true, .deflate = true});
        const std::string upstream = "upstream: '" + app.url() + "'";
        running_gateway gate("routes:\n"
                             "  - { path: /text, " +
                             upstream +
                             ", heartbeat: { method: text } }\n"
                             "  - { path: /both, " +
                             upstream +
                             ", heartbeat: { method: ping_then_text } }\n"
                             "  - { path: /answer, " +
                             upstream + ", heartbeat: { answer: { hello: world } } }\n");
        for (const char* const target : {"/text", "/both", "/answer"}) {
            CAPTURE(target);
            ws_peer client = ws_peer::connect(gate.address(), {.target = target, .deflate = true});
            CHECK(app.next_request().header("Sec-WebSocket-Extensions") == "");
            CHECK(client.answer_header("Sec-WebSocket-Extensions") == "");
            client.send("as it is");
            CHECK(client.receive().data == "as it is");
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
