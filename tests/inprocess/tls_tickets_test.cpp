// Tickets over a reload, where a listener's new configuration goes on with what the old one agreed
// on, and over the change of the keys that they are sealed with.
// Both ends are in one thread, and take turns.
#include "net/tls/tls_context.hpp"
#include "support/certificates.hpp"

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace pulsegate::test {
namespace {

using session_ptr = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;
using ssl_ptr = std::unique_ptr<SSL, void (*)(SSL*)>;

/// A client that connects to one configuration after the other.
class returning_client {
public:
    explicit returning_client(const certificate_files& own, int most_version = 0)
        : context_(SSL_CTX_new(TLS_method())) {
        SSL_CTX_set_max_proto_version(context_.get(), most_version);
        SSL_CTX_use_certificate_chain_file(context_.get(), own.certificate.c_str());
        SSL_CTX_use_PrivateKey_file(context_.get(), own.private_key.c_str(), SSL_FILETYPE_PEM);
    }

    /// True if the server went on with the session of the connection before. Throws
    /// std::runtime_error if it refuses the client.
    bool is_resumed_by(const server_tls& tls) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        const ssl_ptr client(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(client.get(), ends[1]);
        SSL_set_connect_state(client.get());
        if (session_ != nullptr)
            SSL_set_session(client.get(), session_.get());
        tls_stream server = tls.accept(ends[0]);
        for (int turn = 0; turn < 10; ++turn) {
            (void)SSL_do_handshake(client.get());
            (void)server.handshake();
        }
        const std::array<std::uint8_t, 1> byte{'x'};
        if (!server.write(byte)) {
            ::close(ends[0]);
            ::close(ends[1]);
            throw std::runtime_error("the handshake failed");
        }
        char read = 0;
        REQUIRE(SSL_read(client.get(), &read, 1) == 1); // and the ticket before it
        if (keeps_newest_)
            session_.reset(SSL_get1_session(client.get()));
        const bool is_resumed = SSL_session_reused(client.get()) == 1;
        SSL_shutdown(client.get());
        ::close(ends[0]);
        ::close(ends[1]);
        return is_resumed;
    }

    /// From now on the client comes again and again with what it has.
    void keep_this() { keeps_newest_ = false; }

private:
    bool keeps_newest_ = true;
    ssl_ctx context_;
    session_ptr session_{nullptr, SSL_SESSION_free};
};

listener_tls_settings settings(const certificate_files& own, const std::string& client_ca = "") {
    listener_tls_settings made;
    made.own = own;
    made.client_ca = client_ca;
    return made;
}

} // namespace

TEST_SUITE("TLS handshakes") {

    TEST_CASE("tickets outlive a reload, but not one of the clients' authorities") {
        authority ca;
        const certificate_files own = ca.issue("DNS:gate.example");
        const server_tls first(settings(own));
        const server_tls renewed(settings(ca.issue("DNS:gate.example")), &first);
        const server_tls stranger(settings(own));
        returning_client client(ca.issue("DNS:client.example"));
        CHECK_FALSE(client.is_resumed_by(first));
        CHECK(client.is_resumed_by(first));
        CHECK(client.is_resumed_by(renewed));
        CHECK_FALSE(client.is_resumed_by(stranger));

        authority other;
        const server_tls strict(settings(own, ca.file()));
        const server_tls stricter(settings(own, other.file()), &strict);
        const server_tls same(settings(own, ca.file()), &strict);
        returning_client member(ca.issue("DNS:client.example"));
        CHECK_FALSE(member.is_resumed_by(strict));
        CHECK(member.is_resumed_by(same));
        returning_client late(ca.issue("DNS:client.example"));
        CHECK_FALSE(late.is_resumed_by(strict));
        CHECK_THROWS_AS(late.is_resumed_by(stricter), std::runtime_error);
    }

    TEST_CASE("a ticket is good for the key that it was sealed with and for the next, not longer") {
        authority ca;
        const server_tls tls(settings(ca.issue("DNS:gate.example")));
        time_point now = clock::now();
        const auto pass_period = [&] { tls.tickets().advance(now += ticket_keys::period); };
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            CAPTURE(version);
            returning_client client(ca.issue("DNS:client.example"), version);
            CHECK_FALSE(client.is_resumed_by(tls));
            client.keep_this();
            CHECK(client.is_resumed_by(tls));
            pass_period();
            CHECK(client.is_resumed_by(tls));
            pass_period();
            CHECK_FALSE(client.is_resumed_by(tls));
        }
        returning_client regular(ca.issue("DNS:client.example"));
        CHECK_FALSE(regular.is_resumed_by(tls));
        for (int i = 0; i < 5; ++i) { // who comes again in time gets a new ticket each time
            pass_period();
            CHECK(regular.is_resumed_by(tls));
        }
    }

    TEST_CASE("contexts are known again by the addresses of their listeners") {
        authority ca;
        configuration before;
        const auto listener_at = [&](std::uint16_t port, const char* name) {
            return listener_settings{.address = tcp_address{"127.0.0.1", port},
                                     .file = {},
                                     .tls = settings(ca.issue(name))};
        };
        before.listeners = {listener_at(1, "DNS:a.example"), listener_at(2, "DNS:b.example")};
        configuration after = before;
        std::swap(after.listeners[0], after.listeners[1]);
        const tls_contexts old(before);
        const tls_contexts renewed(after, &old);
        returning_client client(ca.issue("DNS:client.example"));
        (void)client.is_resumed_by(*old.listeners[0]);
        CHECK(client.is_resumed_by(*renewed.listeners[1]));
        CHECK_FALSE(client.is_resumed_by(*renewed.listeners[0]));
    }

} // TEST_SUITE

} // namespace pulsegate::test
