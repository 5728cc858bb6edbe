// Peers that ask for new keys of TLS 1.3 (RFC 8446 §4.6.3) again and again: each request is a small
// record that carries no data, costs the gateway a derivation of keys, and wants an answer.
#include "net/connection.hpp"
#include "net/tls/tls_context.hpp"
#include "support/certificates.hpp"
#include "support/running_gateway.hpp"
#include "support/tls_peer.hpp"
#include "support/ws_peer.hpp"

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <thread>

namespace pulsegate::test {
namespace {

std::string client_text(const std::string& text) {
    return to_bytes({.kind = frame_kind::text, .masked = true, .payload = text});
}

/// A TLS client and a connection of the gateway, in one thread: they take turns.
class pair_of_ends {
public:
    explicit pair_of_ends(const server_tls& tls) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
        SSL_set_fd(client_.get(), ends[1]);
        SSL_set_connect_state(client_.get());
        tls_stream secured = tls.accept(ends[0]);
        for (int turn = 0; turn < 10; ++turn) {
            (void)SSL_do_handshake(client_.get());
            (void)secured.handshake();
        }
        gateway_.emplace(poll_, ends[0]).secure(std::move(secured));
        client_descriptor_ = ends[1];
    }
    pair_of_ends(const pair_of_ends&) = delete;
    pair_of_ends& operator=(const pair_of_ends&) = delete;
    ~pair_of_ends() { ::close(client_descriptor_); }

    /// The client asks for new keys, `count` times; the gateway reads once.
    connection::received ask(int count) {
        for (int i = 0; i < count; ++i) {
            SSL_key_update(client_.get(), SSL_KEY_UPDATE_REQUESTED);
            (void)SSL_do_handshake(client_.get());
        }
        return gateway_->read(room_);
    }

    [[nodiscard]] connection& gateway() { return *gateway_; }

private:
    struct freed {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    asio::io_context io_;
    poller poll_{io_};
    ssl_ctx context_{SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, freed> client_{SSL_new(context_.get())};
    std::optional<connection> gateway_;
    int client_descriptor_ = -1;
    std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(64 * 1024);
};

listener_tls_settings settings(const certificate_files& own) {
    listener_tls_settings made;
    made.own = own;
    return made;
}

} // namespace

TEST_SUITE("TLS sessions") {

    TEST_CASE("a flood of requests for new keys ends its session, and holds up no other") {
        authority ca;
        running_gateway gate("workers: 1\n" + tls_yaml(ca.issue("DNS:gate.example")));
        tls_peer polite(gate.address());
        REQUIRE(polite.handshake());
        (void)polite.upgrade();
        for (int round = 0; round < 3; ++round) {
            CAPTURE(round);
            tls_peer flooding(gate.address());
            REQUIRE(flooding.handshake());
            (void)flooding.upgrade();
            int floods = 0;
            std::thread flood([&] {
                while (flooding.flood_with_key_updates(2'000) && floods < 500)
                    ++floods;
            });
            auto longest = std::chrono::steady_clock::duration::zero();
            for (int i = 0; i < 50; ++i) {
                const auto began = std::chrono::steady_clock::now();
                polite.send(client_text("echo " + std::to_string(i)));
                (void)polite.read_until("echo " + std::to_string(i));
                longest = std::max(longest, std::chrono::steady_clock::now() - began);
            }
            flood.join();
            CHECK(longest < 2s);
            CHECK(floods < 500); // it was cut
            gate.wait_closed("client_lost", round + 1);
        }
        CHECK(gate.live() == 1);
    }

    TEST_CASE("new keys are no flood with data between them") {
        authority ca;
        running_gateway gate(tls_yaml(ca.issue("DNS:gate.example")));
        tls_peer client(gate.address());
        REQUIRE(client.handshake());
        (void)client.upgrade();
        for (int i = 0; i < 200; ++i) {
            const std::string text = "keys " + std::to_string(i) + ";";
            client.update_keys();
            client.send(client_text(text));
            (void)client.read_until(text);
        }
        CHECK(gate.live() == 1);
    }

    TEST_CASE("answers to requests for new keys wait for a client that takes none, up to 1 MiB") {
        authority ca;
        const server_tls tls(settings(ca.issue("DNS:gate.example")));
        pair_of_ends ends(tls);
        constexpr std::size_t most = 1024 * 1024;
        std::size_t longest = 0;
        connection::received last;
        for (int i = 0; i < 200'000 && !last.is_over; ++i) {
            last = ends.ask(16);
            CHECK(last.bytes == 0);
            longest = std::max(longest, ends.gateway().pending_bytes());
        }
        CHECK(last.is_over);
        CHECK(ends.gateway().is_broken());
        CHECK(longest > most / 2);
        CHECK(longest <= most + 64);
        CHECK(ends.gateway().pending_bytes() == 0);
    }

    TEST_CASE("each reading of the socket has its own count of requests for new keys") {
        authority ca;
        const server_tls tls(settings(ca.issue("DNS:gate.example")));
        pair_of_ends ends(tls);
        CHECK_FALSE(ends.ask(30).is_over);
        CHECK_FALSE(ends.ask(30).is_over); // each reading has its own count
        CHECK(ends.ask(40).is_over);
    }

} // TEST_SUITE

} // namespace pulsegate::test
