// Frames that arrive together with the handshakes are not lost.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

std::string text_frame(std::string_view payload, bool masked) {
    return to_bytes({.kind = frame_kind::text, .masked = masked, .payload = std::string(payload)});
}

std::string route_to(const raw_app& app) {
    return "routes: [{ path: /, upstream: '" + app.url() + "' }]";
}

} // namespace

TEST_SUITE("early frames") {

    TEST_CASE("frames in one packet with the request arrive") {
        running_gateway gate;
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text() + text_frame("first", true) +
                    text_frame("second", true));
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().payload == "first");
        CHECK(client.read_message().payload == "second");
    }

    TEST_CASE("a frame whose end comes after the handshake arrives") {
        const std::string frame = text_frame("in two pieces", true);
        running_gateway gate;
        for (std::size_t split = 1; split < frame.size(); ++split) {
            CAPTURE(split);
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text() + frame.substr(0, split));
            CHECK(client.read_head().status() == 101);
            client.send(frame.substr(split));
            CHECK(client.read_message().payload == "in two pieces");
        }
    }

    TEST_CASE("many frames behind the request arrive in order") {
        running_gateway gate;
        raw_socket client = raw_socket::connect(gate.address());
        std::string all = upgrade_request_text();
        for (int i = 0; i < 5'000; ++i)
            all += text_frame(std::to_string(i), true);
        client.send(all);
        CHECK(client.read_head().status() == 101);
        for (int i = 0; i < 5'000; ++i)
            REQUIRE(client.read_message().payload == std::to_string(i));
    }

    TEST_CASE("frames in one packet with the application's answer arrive") {
        raw_app app;
        running_gateway gate(route_to(app));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served =
            app.accept_session("", text_frame("welcome", false) + text_frame("again", false));
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().payload == "welcome");
        CHECK(client.read_message().payload == "again");
    }

    TEST_CASE("early frames of both sides cross") {
        raw_app app;
        running_gateway gate(route_to(app));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text() + text_frame("from the client", true));
        raw_app::session served = app.accept_session("", text_frame("from the app", false));
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().payload == "from the app");
        CHECK(served.socket.read_message().payload == "from the client");
    }

    TEST_CASE("an early Close of the application reaches the client behind its last message") {
        raw_app app;
        running_gateway gate(route_to(app));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session(
            "", text_frame("sorry", false) +
                    to_bytes({.kind = frame_kind::close, .payload = close_body(4100, "full")}));
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().payload == "sorry");
        const raw_frame close = client.read_message();
        CHECK(close.close_code() == 4100);
        CHECK(close.close_reason() == "full");
        client.send_close(4100);
        client.wait_end();
        CHECK(served.socket.read_message().close_code() == 4100);
        served.socket.cut();
        gate.wait_closed("app_closed");
    }

    TEST_CASE("early garbage of the application does not disturb early frames of the client") {
        raw_app app;
        running_gateway gate(route_to(app));
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text() + text_frame("hello", true) + text_frame("hello", true) +
                    to_bytes({.kind = frame_kind::close, .masked = true}));
        raw_app::session served = app.accept_session("", "\x0F\x0F garbage");
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().close_code() == 1014);
        CHECK(client.wait_end() == raw_socket::ending::closed);
        gate.wait_closed("app_protocol_error");
    }

    // Sockets tell of a change once: what lies there together with the end has to be read without
    // being told of it again, in as many reads as it takes.
    TEST_CASE("what a peer sent before it ended arrives, however many reads it takes") {
        raw_app app;
        running_gateway gate(route_to(app));
        double ended = 0;
        for (const std::size_t size :
             {1u, 65'535u, 65'536u, 65'537u, 262'143u, 262'144u, 262'145u, 1'000'000u}) {
            CAPTURE(size);
            const std::string message(size, 'm');
            ++ended;
            {
                raw_socket client = raw_socket::connect(gate.address());
                client.send(upgrade_request_text());
                raw_app::session served = app.accept_session("", text_frame(message, false));
                served.socket.cut();
                CHECK(client.read_head().status() == 101);
                CHECK((client.read_message().payload == message));
                CHECK(client.read_message().close_code() == 1014);
                client.send_close(1014);
                client.wait_end();
                gate.wait_closed("app_lost", ended);
            }
            {
                raw_socket client = raw_socket::connect(gate.address());
                client.send(upgrade_request_text());
                raw_app::session served = app.accept_session();
                CHECK(client.read_head().status() == 101);
                client.send(text_frame(message, true));
                client.cut();
                CHECK((served.socket.read_message().payload == message));
                gate.wait_closed("client_lost", ended);
            }
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
