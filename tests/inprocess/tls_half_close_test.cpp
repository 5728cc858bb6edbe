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

/// An open session of a client that speaks TLS.
struct secure_session {
    explicit secure_session(authority& ca)
        : gate(tls_yaml(ca.issue("DNS:gate.example")) + "routes: [{ path: /, upstream: '" +
               app.url() + "' }]\n"),
          client(gate.address()), served(begin()) {}

    raw_app app;
    running_gateway gate;
    tls_peer client;
    raw_app::session served;

private:
    raw_app::session begin() {
        REQUIRE(client.handshake());
        client.send(upgrade_request_text());
        auto accepted = app.accept_session();
        (void)client.read_until("\r\n\r\n");
        return accepted;
    }
};

} // namespace

TEST_SUITE("TLS sessions") {

    TEST_CASE("a client that half-closes TLS is lost; its last message arrives, and nothing else") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            secure_session open(ca);
            open.client.send(client_frame(frame_kind::text, "last words"));
            (open.client.*way.end)();
            CHECK(open.served.socket.read_message().payload == "last words");
            CHECK_THROWS((void)open.served.socket.read_frame()); // no Close: 1006
            CHECK(open.client.read() == "");
            CHECK(open.client.has_clean_end()); // the gateway says goodbye itself
            open.gate.wait_closed("client_lost");
            open.gate.expect_all_closed();
        }
    }

    TEST_CASE("a client that half-closes TLS in the middle of a frame is lost") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            secure_session open(ca);
            open.client.send(
                client_frame(frame_kind::binary, std::string(1000, 'x')).substr(0, 500));
            (open.client.*way.end)();
            CHECK_THROWS((void)open.served.socket.read_frame());
            open.gate.wait_closed("client_lost");
            open.gate.expect_all_closed();
        }
    }

    TEST_CASE("a client's Close is a Close, with whichever half of TLS behind it") {
        authority ca;
        for (const auto& way : ways) {
            CAPTURE(way.name);
            secure_session open(ca);
            open.client.send(client_frame(frame_kind::close, close_body(1000, "bye")));
            (open.client.*way.end)();
            CHECK(open.served.socket.read_message().close_code() == 1000);
            open.served.socket.send_close(1000);
            open.gate.wait_closed("client_closed");
            open.gate.expect_all_closed();
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
