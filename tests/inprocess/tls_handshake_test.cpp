// TLS on listeners: what is settled in the handshake, seen from OpenSSL's own client.
#include "support/certificates.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/tls_peer.hpp"

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <algorithm>
#include <ctime>

namespace pulsegate::test {
namespace {

const std::string http_1_1 = "\x08http/1.1";
const std::string h2 = "\x02h2";

void expect_echo(tls_peer& client) {
    CHECK(client.upgrade().starts_with("HTTP/1.1 101 "));
    client.send(to_bytes({.kind = frame_kind::text, .masked = true, .payload = "over TLS"}));
    CHECK(client.read_until("over TLS").size() == 10);
}

/// Of all threads, in seconds.
double processor_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double rejected(const running_gateway& gate, const std::string& reason) {
    return gate.metric("pulsegate_handshakes_rejected_total", {{"reason", reason}});
}

} // namespace

TEST_SUITE("TLS handshakes") {

    TEST_CASE("both versions of TLS are spoken, and resumed by ticket") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            CAPTURE(version);
            const tls_wishes wishes{.server_name = "gate.example",
                                    .ca_file = ca.file(),
                                    .least_version = version,
                                    .most_version = version};
            tls_peer first(gate.address(), wishes);
            REQUIRE(first.handshake());
            CHECK(first.version() == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
            CHECK_FALSE(first.is_resumed());
            expect_echo(first); // with TLS 1.3 the ticket comes with the first data
            tls_peer second(gate.address(), wishes);
            second.resume(first);
            REQUIRE(second.handshake());
            CHECK(second.is_resumed());
            expect_echo(second);
        }
    }

    TEST_CASE("older versions are refused, and TLS 1.2 as well where 1.3 is the least") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        tls_peer old(
            gate.address(),
            {.least_version = TLS1_1_VERSION, .most_version = TLS1_1_VERSION, .is_insecure = true});
        CHECK_FALSE(old.handshake());
        CHECK(old.failure() == "tlsv1 alert protocol version");

        running_gateway strict(tls_yaml(ca.issue("DNS:gate.example"), "min_version: 1.3"));
        tls_peer client(strict.address(), {.most_version = TLS1_2_VERSION});
        CHECK_FALSE(client.handshake());
        strict.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "tls_failed"}}, 1);
    }

    TEST_CASE("a key exchange that costs a processor dearly is not done") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        // The client pays once for what it repeats; the gateway would pay each time.
        const std::string hello = client_hello("ffdhe8192");
        const double before = processor_time();
        constexpr int hellos = 10;
        for (int i = 0; i < hellos; ++i) {
            raw_socket client = raw_socket::connect(gate.address());
            client.send(hello);
            const std::string alert = client.read_exactly(7); // RFC 8446 §6
            CHECK(alert.substr(5) == "\x02\x28");             // fatal, handshake_failure
            client.shut();
            client.wait_end();
        }
        const double each = (processor_time() - before) / hellos;
        CAPTURE(each);
        CHECK((each < 0.02 || is_sanitized)); // ffdhe8192 takes 0.15 s
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "tls_failed"}}, hellos);
    }

    TEST_CASE("key exchange and ciphers are those that clients of today have in common") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        const struct {
            int version;
            std::string groups, ciphers;
            std::string group, cipher; // "": refused
        } rows[] = {
            {TLS1_3_VERSION, "", "", "X25519", "TLS_AES_256_GCM_SHA384"},
            {TLS1_3_VERSION, "P-256", "", "prime256v1", "TLS_AES_256_GCM_SHA384"},
            {TLS1_3_VERSION, "P-521:P-384", "", "secp384r1", "TLS_AES_256_GCM_SHA384"},
            {TLS1_3_VERSION, "ffdhe2048:X25519", "", "X25519", "TLS_AES_256_GCM_SHA384"},
            {TLS1_3_VERSION, "ffdhe2048", "", "", ""},
            {TLS1_2_VERSION, "", "", "X25519", "ECDHE-ECDSA-AES256-GCM-SHA384"},
            {TLS1_2_VERSION, "", "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256", "X25519",
             "ECDHE-ECDSA-AES128-GCM-SHA256"},
            {TLS1_2_VERSION, "", "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
             "X25519", "ECDHE-ECDSA-CHACHA20-POLY1305"},
            {TLS1_2_VERSION, "", "ECDHE-ECDSA-AES128-CCM", "", ""},
            {TLS1_2_VERSION, "", "ECDHE-ECDSA-AES256-SHA384", "", ""},
        };
        for (const auto& row : rows) {
            CAPTURE(row.version);
            CAPTURE(row.groups);
            CAPTURE(row.ciphers);
            tls_peer client(gate.address(), {.least_version = row.version,
                                             .most_version = row.version,
                                             .groups = row.groups,
                                             .ciphers = row.ciphers});
            CHECK(client.handshake() == !row.cipher.empty());
            if (row.cipher.empty())
                continue;
            CHECK(client.cipher() == row.cipher);
            CHECK(client.group() == row.group);
            expect_echo(client);
        }
    }

    TEST_CASE("the certificate is that of the host name the client asks for") {
        authority ca;
        const certificate_files other = ca.issue("DNS:*.other.example");
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example"),
                                      "other_certificates: [{ certificate: " + other.certificate +
                                          ", private_key: " + other.private_key + " }]"));
        struct row {
            std::string name;
            std::string certificate;
        };
        for (const row& each : {row{"gate.example", "DNS:gate.example"},
                                {"a.other.example", "DNS:*.other.example"},
                                {"other.example", "DNS:gate.example"},
                                {"unknown.example", "DNS:gate.example"},
                                {"", "DNS:gate.example"}}) {
            CAPTURE(each.name);
            tls_peer client(gate.address(), {.server_name = each.name, .ca_file = ca.file()});
            REQUIRE(client.handshake());
            CHECK(client.certificate() == each.certificate);
            expect_echo(client);
        }
    }

    TEST_CASE("a client that names protocols has to name http/1.1") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        tls_peer both(gate.address(), {.protocols = h2 + http_1_1});
        REQUIRE(both.handshake());
        CHECK(both.protocol() == "http/1.1");
        expect_echo(both);
        tls_peer none(gate.address());
        REQUIRE(none.handshake());
        CHECK(none.protocol().empty());
        tls_peer wrong(gate.address(), {.protocols = h2});
        CHECK_FALSE(wrong.handshake());
        CHECK(wrong.failure() == "tlsv1 alert no application protocol");
    }

    TEST_CASE("with client_ca, only clients with a certificate of it get in") {
        authority ca;
        authority stranger;
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            CAPTURE(version);
            running_gateway gate(tls_yaml(ca.issue("DNS:gate.example"), "client_ca: " + ca.file()));
            const auto wishes = [&](certificate_files own) {
                return tls_wishes{.own = std::move(own), .most_version = version};
            };
            tls_peer member(gate.address(), wishes(ca.issue("DNS:cdn.example")));
            REQUIRE(member.handshake());
            expect_echo(member);
            tls_peer again(gate.address(), wishes({}));
            again.resume(member);
            REQUIRE(again.handshake());
            CHECK(again.is_resumed());

            struct row {
                certificate_files own;
                std::string failure;
            };
            const std::string none = version == TLS1_3_VERSION ? "tlsv13 alert certificate required"
                                                               : "sslv3 alert handshake failure";
            for (const row& each :
                 {row{{}, none},
                  {stranger.issue("DNS:cdn.example"), "tlsv1 alert unknown ca"},
                  {ca.issue("DNS:cdn.example", -1), "sslv3 alert certificate expired"}}) {
                CAPTURE(each.failure);
                tls_peer client(gate.address(), wishes(each.own));
                if (client.handshake()) { // TLS 1.3: refused after the client's part is done
                    client.send(upgrade_request_text());
                    CHECK(client.read().empty());
                }
                CHECK(client.failure() == each.failure);
            }
            CHECK(rejected(gate, "tls_failed") == 3);
        }
    }

    TEST_CASE("what is no TLS is refused, with an answer for plain HTTP") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        raw_socket browser = raw_socket::connect(gate.address());
        browser.send(upgrade_request_text());
        const http_head answer = browser.read_head();
        CHECK(answer.status() == 400);
        CHECK(browser.read_body(answer).find("this port speaks TLS") != std::string::npos);
        CHECK(browser.wait_end() == raw_socket::ending::closed);

        raw_socket noise = raw_socket::connect(gate.address());
        noise.send(std::string(1'000, '\x01'));
        noise.shut();
        CHECK(noise.wait_end() == raw_socket::ending::closed);
        CHECK(rejected(gate, "tls_failed") == 2);

        raw_socket probe = raw_socket::connect(gate.address());
        probe.cut(); // as load balancers do
        gate.wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "client_gone"}}, 1);
        CHECK(rejected(gate, "tls_failed") == 2);
    }

    TEST_CASE("a client that does not go on is cut after limits.handshake") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) +
                             "limits: { handshake: 300ms }");
        raw_socket silent = raw_socket::connect(gate.address());
        raw_socket half = raw_socket::connect(gate.address());
        half.send("\x16\x03\x01");
        (void)silent.wait_end();
        (void)half.wait_end();
        CHECK(rejected(gate, "handshake_timeout") == 2);

        tls_peer secure(gate.address()); // the request has its own deadline
        REQUIRE(secure.handshake());
        CHECK(secure.read_until("\r\n\r\n").starts_with("HTTP/1.1 408 "));
    }

    TEST_CASE("the application is told whether the client came over TLS") {
        authority ca;
        raw_app app;
        const certificate_files own = ca.issue("DNS:gate.example");
        running_gateway gate("listeners: [{ address: 127.0.0.1:0, tls: { certificate: " +
                             own.certificate + ", private_key: " + own.private_key +
                             " } }, { address: 127.0.0.1:0 }]\nroutes: [{ path: /, upstream: '" +
                             app.url() + "' }]\n");
        tls_peer secure(gate.address(0));
        REQUIRE(secure.handshake());
        secure.send(upgrade_request_text());
        CHECK(app.accept_session().request.header("x-forwarded-proto") == "https");
        raw_socket plain = raw_socket::connect(gate.address(1));
        plain.send(upgrade_request_text());
        CHECK(app.accept_session().request.header("x-forwarded-proto") == "http");
    }

    TEST_CASE("a certificate that cannot be used is refused with its file at the start") {
        authority ca;
        certificate_files mixed = ca.issue("DNS:gate.example");
        mixed.private_key = ca.issue("DNS:other.example").private_key;
        CHECK_THROWS_WITH_AS(running_gateway{tls_yaml(mixed)},
                             ("cannot use " + mixed.private_key + " as the private key of " +
                              mixed.certificate + ": key values mismatch")
                                 .c_str(),
                             std::runtime_error);
    }

    TEST_CASE("kernel TLS makes no difference to what passes, whether there is any or not") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example"), "kernel: true"));
        tls_peer client(gate.address());
        REQUIRE(client.handshake());
        expect_echo(client);
    }

    TEST_CASE("a session does not wait for five hundred clients that connect at once") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")) + "workers: 1\n");
        tls_peer session(gate.address());
        REQUIRE(session.handshake());
        expect_echo(session);
        std::vector<raw_socket> crowd;
        // A complete ClientHello for each, so that every one of them costs the gateway a signature.
        for (int i = 0; i < 500; ++i)
            crowd.push_back(raw_socket::connect(gate.address()));
        const std::string hello = client_hello();
        for (raw_socket& each : crowd)
            each.send(hello);
        session.send(to_bytes({.kind = frame_kind::text, .masked = true, .payload = "in between"}));
        (void)session.read_until("in between");
        const auto answered = std::count_if(crowd.begin(), crowd.end(), [](raw_socket& each) {
            return each.is_readable(std::chrono::milliseconds(0));
        });
        CHECK(answered < 250);
        for (raw_socket& each : crowd)
            CHECK(each.read_exactly(1) == "\x16");
    }

} // TEST_SUITE

} // namespace pulsegate::test
