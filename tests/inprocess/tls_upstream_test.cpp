// Applications that are reached by wss://.
#include "support/certificates.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"
#include "support/tls_tunnel.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

std::string route_to(const std::string& url, const std::string& tls) {
    return "routes: [{ path: /, upstream: '" + url + "', tls: { " + tls + " } }]\n";
}

/// An application behind TLS.
struct secure_app {
    explicit secure_app(const certificate_files& own, const std::string& client_ca = "")
        : tunnel(tls_tunnel::from_tls(
              tcp_address{"127.0.0.1", static_cast<std::uint16_t>(
                                           std::stoul(app.url().substr(app.url().rfind(':') + 1)))},
              {own, client_ca})) {}

    scripted_app app;
    tls_tunnel tunnel;
};

void expect_echo(const running_gateway& gate, secure_app& behind) {
    ws_peer client = ws_peer::connect(gate.address());
    ws_peer server = behind.app.accept();
    const std::string large(3'000'000, 'x');
    client.send(large);
    CHECK((server.receive().data == large));
    server.send(large);
    CHECK((client.receive().data == large));
    server.close(4321, "the application has said so");
    CHECK(client.wait_closed().code == 4321);
}

void expect_refused(const running_gateway& gate, const std::string& text) {
    raw_socket client = raw_socket::connect(gate.address());
    client.send(upgrade_request_text());
    const http_head answer = client.read_head();
    CHECK(answer.status() == 502);
    CHECK(client.read_body(answer) == text + "\n");
    CHECK(gate.metric("pulsegate_app_errors_total", {{"kind", "tls"}}) == 1);
    CHECK(gate.metric("pulsegate_handshakes_rejected_total", {{"reason", "app_unreachable"}}) == 1);
}

} // namespace

TEST_SUITE("TLS upstreams") {

    TEST_CASE("an application is known by its address, by the upstream's name, or by server_name") {
        authority ca;
        const std::string ca_file = "ca_file: " + ca.file();
        {
            secure_app behind(ca.issue("IP:127.0.0.1"));
            expect_echo(running_gateway(route_to(behind.tunnel.url(), ca_file)), behind);
        }
        {
            secure_app behind(ca.issue("DNS:localhost"));
            expect_echo(running_gateway(route_to(behind.tunnel.url("localhost"), ca_file)), behind);
        }
        secure_app behind(ca.issue("DNS:*.app.example"));
        expect_echo(running_gateway(
                        route_to(behind.tunnel.url(), ca_file + ", server_name: a.app.example")),
                    behind);
    }

    TEST_CASE(
        "an application whose certificate is not in order gets nothing, and the client knows") {
        authority ca;
        authority stranger;
        struct row {
            certificate_files own;
            std::string text;
        };
        for (const row& each :
             {row{ca.issue("IP:127.0.0.1", -1), "certificate has expired"},
              {ca.issue("IP:127.0.0.2"), "IP address mismatch"},
              {ca.issue("DNS:app.example"), "IP address mismatch"},
              {stranger.issue("IP:127.0.0.1"), "unable to get local issuer certificate"}}) {
            CAPTURE(each.text);
            secure_app behind(each.own);
            running_gateway gate(route_to(behind.tunnel.url(), "ca_file: " + ca.file()));
            expect_refused(gate, "no TLS with the application: " + each.text);
        }
        secure_app behind(ca.issue("DNS:other.example"));
        running_gateway gate(
            route_to(behind.tunnel.url(), "ca_file: " + ca.file() + ", server_name: app.example"));
        expect_refused(gate, "no TLS with the application: hostname mismatch");
    }

    TEST_CASE("the system's authorities decide where no ca_file is named") {
        authority ca;
        secure_app behind(ca.issue("IP:127.0.0.1"));
        running_gateway gate("routes: [{ path: /, upstream: '" + behind.tunnel.url() + "' }]\n");
        expect_refused(gate, "no TLS with the application: unable to get local issuer certificate");
    }

    TEST_CASE("an application that asks for a certificate gets the gateway's own") {
        authority ca;
        secure_app behind(ca.issue("IP:127.0.0.1"), ca.file());
        const certificate_files own = ca.issue("DNS:gate.example");
        expect_echo(
            running_gateway(route_to(behind.tunnel.url(), "ca_file: " + ca.file() +
                                                              ", certificate: " + own.certificate +
                                                              ", private_key: " + own.private_key)),
            behind);
        running_gateway without(route_to(behind.tunnel.url(), "ca_file: " + ca.file()));
        raw_socket client = raw_socket::connect(without.address());
        client.send(upgrade_request_text());
        CHECK(client.read_head().status() == 502);
    }

    TEST_CASE("a plain application behind wss:// is told apart from a wrong certificate") {
        raw_app plain;
        running_gateway gate("routes: [{ path: /, upstream: 'wss" + plain.url().substr(2) +
                             "' }]\n");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket app = plain.accept();
        app.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        const http_head answer = client.read_head();
        CHECK(answer.status() == 502);
        CHECK(client.read_body(answer) == "no TLS with the application: wrong version number\n");
    }

    TEST_CASE("an application that never ends the TLS handshake is given up") {
        raw_app silent;
        running_gateway gate("limits: { handshake: 300ms }\nroutes: [{ path: /, upstream: 'wss" +
                             silent.url().substr(2) + "' }]\n");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_socket app = silent.accept();
        CHECK(client.read_head().status() == 504);
        CHECK(gate.metric("pulsegate_app_errors_total", {{"kind", "timeout"}}) == 1);
        (void)app.wait_end();
    }

    TEST_CASE("a client that leaves while the application's TLS is being settled leaves nothing") {
        raw_app silent;
        running_gateway gate("routes: [{ path: /, upstream: 'wss" + silent.url().substr(2) +
                             "' }]\nlimits: { handshake: 500ms }\n");
        for (int i = 0; i < 20; ++i) {
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_socket app = silent.accept();
            client.reset();
        }
        gate.expect_all_closed();
    }

    TEST_CASE("TLS on both legs") {
        authority ca;
        secure_app behind(ca.issue("IP:127.0.0.1"));
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) +
                             route_to(behind.tunnel.url(), "ca_file: " + ca.file()));
        tls_tunnel tunnel = tls_tunnel::to_tls(gate.address());
        ws_peer client = ws_peer::connect(tunnel.address());
        ws_peer server = behind.app.accept();
        for (int i = 0; i < 100; ++i) {
            const std::string text(static_cast<std::size_t>(i) * 1'000, 'x');
            client.send(text);
            server.send(text);
            CHECK((server.receive().data == text));
            CHECK((client.receive().data == text));
        }
        client.close(1000);
        CHECK(server.wait_closed().code == 1000);
    }

} // TEST_SUITE

} // namespace pulsegate::test
