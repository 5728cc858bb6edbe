// Half an end of TLS in the middle of a session: a goodbye (close_notify) without an end of TCP,
// and an end of TCP without a goodbye. Either is the end of what that peer sends, so it is lost,
// however politely: only a Close frame ends a WebSocket in an orderly way (RFC 6455 §7.1.4).
#include "support/certificates.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"
#include "support/tls_peer.hpp"
#include "support/tls_tunnel.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

constexpr struct {
    const char* name;
    void (tls_peer::*end)();
} ways[] = {
    {"a goodbye", &tls_peer::say_goodbye},
    {"the end of TCP", &tls_peer::end_sending},
};

std::string client_frame(frame_kind kind, const std::string& payload) {
    return to_bytes({.kind = kind, .masked = true, .payload = payload});
}

} // namespace

TEST_SUITE("TLS sessions") {

    TEST_CASE("a client that half-closes TLS is lost; its last message arrives, and nothing else") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            raw_app app;
            running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) +
                                 "routes: [{ path: /, upstream: '" + app.url() + "' }]\n");
            tls_peer client(gate.address());
            REQUIRE(client.handshake());
            client.send(upgrade_request_text());
            auto served = app.accept_session();
            (void)client.read_until("\r\n\r\n");
            client.send(client_frame(frame_kind::text, "last words"));
            (client.*way.end)();
            CHECK(served.socket.read_message().payload == "last words");
            CHECK_THROWS((void)served.socket.read_frame()); // no Close: 1006
            CHECK(client.read() == "");
            CHECK(client.has_clean_end()); // the gateway says goodbye itself
            gate.wait_closed("client_lost");
            gate.expect_all_closed();
        }
    }

    TEST_CASE("a client that half-closes TLS in the middle of a frame is lost") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            raw_app app;
            running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) +
                                 "routes: [{ path: /, upstream: '" + app.url() + "' }]\n");
            tls_peer client(gate.address());
            REQUIRE(client.handshake());
            client.send(upgrade_request_text());
            auto served = app.accept_session();
            (void)client.read_until("\r\n\r\n");
            client.send(client_frame(frame_kind::binary, std::string(1000, 'x')).substr(0, 500));
            (client.*way.end)();
            CHECK_THROWS((void)served.socket.read_frame());
            gate.wait_closed("client_lost");
            gate.expect_all_closed();
        }
    }

    TEST_CASE("a client's Close is a Close, with whichever half of TLS behind it") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            raw_app app;
            running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) +
                                 "routes: [{ path: /, upstream: '" + app.url() + "' }]\n");
            tls_peer client(gate.address());
            REQUIRE(client.handshake());
            client.send(upgrade_request_text());
            auto served = app.accept_session();
            (void)client.read_until("\r\n\r\n");
            client.send(client_frame(frame_kind::close, close_body(1000, "bye")));
            (client.*way.end)();
            CHECK(served.socket.read_message().close_code() == 1000);
            served.socket.send_close(1000);
            gate.wait_closed("client_closed");
            gate.expect_all_closed();
        }
    }

    TEST_CASE("an application that ends TCP without a goodbye is lost; the client hears 1014") {
        authority ca;
        raw_app app;
        const tls_tunnel tunnel =
            tls_tunnel::from_tls(app.address(), {.own = ca.issue("IP:127.0.0.1")});
        running_gateway gate("routes: [{ path: /, upstream: '" + tunnel.url() +
                             "', tls: { ca_file: " + ca.file() + " } }]\n");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        auto served = app.accept_session();
        REQUIRE(client.read_head().status() == 101);
        served.socket.send_frame(frame_kind::text, "last words");
        CHECK(client.read_message().payload == "last words");
        served.socket.shut(); // the tunnel ends TCP without a goodbye
        const raw_frame last = client.read_message();
        CHECK(last.kind == frame_kind::close);
        CHECK(last.close_code() == 1014);
        client.send_close(1014);
        gate.wait_closed("app_lost");
        gate.expect_all_closed();
    }

} // TEST_SUITE

} // namespace pulsegate::test
