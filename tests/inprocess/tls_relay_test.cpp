// Sessions over TLS: what passes, what waits, and how they end. The clients speak through Asio's
// own TLS.
#include "inprocess/system_calls.hpp"
#include "support/certificates.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"
#include "support/tls_peer.hpp"
#include "support/tls_tunnel.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

/// A gateway with a TLS listener, and a tunnel that speaks TLS with it.
struct secured {
    explicit secured(const std::string& yaml = "")
        : gate(tls_yaml(ca.issue("DNS:gate.example")) + yaml),
          tunnel(tls_tunnel::to_tls(gate.address())) {}

    authority ca;
    running_gateway gate;
    tls_tunnel tunnel;
};

std::string route_to(const std::string& url) {
    return "routes: [{ path: /, upstream: '" + url + "' }]\n";
}

std::string numbered(std::size_t number, std::size_t size) {
    std::string data(size, static_cast<char>('a' + number % 26));
    const std::string text = std::to_string(number);
    return data.replace(0, text.size(), text);
}

/// Beast over asio::ssl, as an application would use it.
class beast_client {
public:
    explicit beast_client(const socket_address& to) {
        const auto& tcp_to = std::get<tcp_address>(to);
        boost::beast::get_lowest_layer(ws_).connect(
            {boost::asio::ip::make_address(tcp_to.host), tcp_to.port});
        boost::beast::get_lowest_layer(ws_).set_option(boost::asio::ip::tcp::no_delay(true));
        ws_.read_message_max(0);
        ws_.auto_fragment(false);
        wait([&](auto done) {
            ws_.next_layer().async_handshake(boost::asio::ssl::stream_base::client, done);
        });
        wait([&](auto done) { ws_.async_handshake("gate.example", "/", done); });
    }

    [[nodiscard]] std::string echo(const std::string& message) {
        std::optional<boost::system::error_code> written;
        ws_.async_write(boost::asio::buffer(message),
                        [&](boost::system::error_code error, std::size_t) { written = error; });
        boost::beast::flat_buffer answer;
        wait([&](auto done) {
            ws_.async_read(answer, [done](boost::system::error_code error, std::size_t) mutable {
                done(error);
            });
        });
        return boost::beast::buffers_to_string(answer.data());
    }

    /// Beast complains if the gateway has closed TCP already after both goodbyes.
    void close() {
        std::optional<boost::system::error_code> result;
        const auto done = [&](boost::system::error_code error) { result = error; };
        ws_.async_close(boost::beast::websocket::close_code::normal, done);
        io_.restart();
        io_.run_for(patience);
        REQUIRE(result.has_value());
    }

private:
    template <class Start>
    void wait(Start start) {
        std::optional<boost::system::error_code> result;
        start([&](boost::system::error_code error) { result = error; });
        io_.restart();
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!result && io_.run_one_until(end) > 0) {
        }
        REQUIRE(result.has_value());
        if (*result)
            throw boost::system::system_error(*result);
    }

    boost::asio::io_context io_;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
    boost::beast::websocket::stream<boost::asio::ssl::stream<boost::asio::ip::tcp::socket>> ws_{
        io_, context_};
};

} // namespace

TEST_SUITE("TLS sessions") {

    TEST_CASE("messages of every size come back unchanged") {
        secured all("limits: { message: 32MiB }\n");
        beast_client client(all.gate.address());
        for (const int each : {64, 16 * 1024, 16 * 1024 + 1, 1 << 20, 20 << 20}) {
            const auto size = static_cast<std::size_t>(each);
            CAPTURE(size);
            const std::string message = numbered(7, size);
            REQUIRE((client.echo(message) == message));
        }
        client.close();
        all.gate.wait_closed("client_closed");
    }

    TEST_CASE("many small messages in flight keep their order") {
        secured all;
        ws_peer client = ws_peer::connect(all.tunnel.address());
        constexpr std::size_t count = 5'000;
        for (std::size_t i = 0; i < count; ++i)
            client.send(numbered(i, 16 + i % 300));
        for (std::size_t i = 0; i < count; ++i)
            REQUIRE((client.receive().data == numbered(i, 16 + i % 300)));
        client.close(1000);
        CHECK(client.wait_closed().code == 1000);
    }

    TEST_CASE("frames that come with the request, in one record or several, are not lost") {
        secured all;
        for (const bool are_apart : {false, true}) {
            CAPTURE(are_apart);
            tls_peer client(all.gate.address());
            REQUIRE(client.handshake());
            const std::string first =
                to_bytes({.kind = frame_kind::text, .masked = true, .payload = "first"});
            const std::string last =
                to_bytes({.kind = frame_kind::text, .masked = true, .payload = "last"});
            if (are_apart) {
                client.send(upgrade_request_text());
                client.send(first);
                client.send(last);
            } else {
                client.send(upgrade_request_text() + first + last);
            }
            const std::string answer = client.read_until("last");
            CHECK(answer.find("first") < answer.find("last"));
        }
    }

    TEST_CASE("a client that does not read holds the application back and loses nothing") {
        scripted_app app;
        secured all(route_to(app.url()));
        ws_peer client = ws_peer::connect(all.tunnel.address(), {.receive_buffer_bytes = 65'536});
        ws_peer server = app.accept();
        client.pause();
        server.send("the client reads this one and no more");
        CHECK(client.receive().data == "the client reads this one and no more");
        constexpr std::size_t size = 1'000'000;
        constexpr std::size_t count = is_sanitized ? 40 : 100;
        for (std::size_t i = 0; i < count; ++i)
            server.send(numbered(i, size));
        double last = -1;
        int unchanged = 0;
        wait_until("the flow to stop", [&] {
            const double passed = all.gate.metric("pulsegate_bytes_total");
            const double pending = all.gate.metric("pulsegate_pending_bytes");
            CHECK(pending <= 140'000); // 64 KiB read ahead, and one large read
            unchanged = passed == last && pending > 0 ? unchanged + 1 : 0;
            last = passed;
            return unchanged == 20;
        });
        CHECK(last < static_cast<double>(size * count));
        client.resume();
        for (std::size_t i = 0; i < count; ++i)
            REQUIRE((client.receive().data == numbered(i, size)));
        CHECK(all.gate.metric("pulsegate_pending_bytes") == 0);
    }

    TEST_CASE("new keys are taken and answered, also while data waits for the client") {
        scripted_app app;
        secured all(route_to(app.url()));
        ws_peer client = ws_peer::connect(all.tunnel.address(), {.receive_buffer_bytes = 65'536});
        ws_peer server = app.accept();
        const auto exchange = [&](const std::string& text) {
            all.tunnel.update_keys();
            client.send(text);
            CHECK(server.receive().data == text);
            server.send(text);
        };
        exchange("once");
        CHECK(client.receive().data == "once");
        client.pause();
        server.send("read before the pause");
        CHECK(client.receive().data == "read before the pause");
        constexpr std::size_t count = 30;
        for (std::size_t i = 0; i < count; ++i)
            server.send(numbered(i, 1'000'000));
        wait_until("data to wait", [&] { return all.gate.metric("pulsegate_pending_bytes") > 0; });
        for (int i = 0; i < 3; ++i)
            exchange("while data waits");
        client.resume();
        for (std::size_t i = 0; i < count; ++i)
            REQUIRE((client.receive().data == numbered(i, 1'000'000)));
        for (int i = 0; i < 3; ++i)
            CHECK(client.receive().data == "while data waits");
        CHECK(all.gate.live() == 1);
    }

    TEST_CASE("the end of a session is announced, and a client that vanishes is not mourned") {
        secured all;
        tls_peer client(all.gate.address());
        REQUIRE(client.handshake());
        (void)client.upgrade();
        client.send(to_bytes(
            {.kind = frame_kind::close, .masked = true, .payload = close_body(1000, "bye")}));
        (void)client.read_until("\x88\x02\x03\xE8"); // the echo's answer, which has no reason
        while (!client.read().empty()) {
        }
        CHECK(client.has_clean_end());
        all.gate.wait_closed("client_closed");

        raw_socket gone = raw_socket::upgraded(all.tunnel.address());
        gone.reset();
        all.gate.wait_closed("client_lost");
    }

    TEST_CASE("a silent client is evicted over TLS, and a live one is not") {
        secured all("heartbeat: { interval: 100ms, timeout: 400ms }\n");
        ws_peer live = ws_peer::connect(all.tunnel.address());
        raw_socket silent = raw_socket::upgraded(all.tunnel.address());
        raw_frame frame = silent.read_frame();
        CHECK(frame.kind == frame_kind::ping);
        while (frame.kind == frame_kind::ping)
            frame = silent.read_frame();
        CHECK(frame.kind == frame_kind::close);
        CHECK(frame.close_code() == 4001);
        CHECK(silent.wait_end() == raw_socket::ending::closed);
        all.gate.wait_closed("evicted");
        CHECK(live.pings() > 2);
        CHECK_FALSE(live.is_closed());
        live.close(1000);
        (void)live.wait_closed();
    }

    TEST_CASE("whatever call fails in a session over TLS, nothing stays behind") {
        secured all("workers: 1\n");
        const auto talk = [&] {
            raw_socket client = raw_socket::upgraded(all.tunnel.address());
            client.send_frame(frame_kind::binary, std::string(300'000, 'x'));
            (void)client.read_message();
            client.send_close(1000);
            (void)client.read_message();
        };
        talk();
        all.gate.expect_all_closed();
        int failures = 0;
        for (bool has_failed = true; has_failed; ++failures) {
            CAPTURE(failures);
            {
                const failing_call failing(failures + 1);
                try {
                    talk();
                } catch (const std::runtime_error&) {
                    // The client saw the failure in its own way.
                }
                has_failed = !failing.failed().empty();
            }
            all.gate.expect_all_closed();
            talk(); // the next client notices nothing
        }
        CHECK(failures > 15);
    }

    TEST_CASE("a drain asks clients over TLS to come back") {
        secured all("drain: { window: 100ms }\n");
        ws_peer client = ws_peer::connect(all.tunnel.address());
        all.gate.self().drain();
        CHECK(client.wait_closed().code == 1012);
        CHECK(all.gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a stop cuts sessions and handshakes over TLS") {
        secured all;
        ws_peer client = ws_peer::connect(all.tunnel.address());
        raw_socket half = raw_socket::connect(all.gate.address());
        half.send("\x16\x03\x01");
        all.gate.wait_metric("pulsegate_handshakes_in_progress", {}, 1);
        all.gate.self().stop();
        CHECK(all.gate.wait_outcome() == gateway::outcome::cut);
        (void)client.wait_closed();
    }

} // TEST_SUITE

} // namespace pulsegate::test
