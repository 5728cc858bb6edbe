// How sessions end when one of the peers ends them: codes and reasons cross unchanged, promptly,
// and behind everything that was sent before.
#include "session/lifecycle.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

std::string route_to(const std::string& url) {
    return "routes: [{ path: /, upstream: '" + url + "' }]";
}

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

/// Says whether what happened since the construction took less time than the gateway waits for an
/// answer to a Close: then nothing waited for that deadline.
class stopwatch {
public:
    [[nodiscard]] bool is_prompt() const {
        return std::chrono::steady_clock::now() - began_ < lifecycle::close_wait;
    }

private:
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

} // namespace

TEST_SUITE("closing") {

    TEST_CASE("codes and reasons cross unchanged in both directions") {
        const ws_peer::ended rows[] = {
            {1000, ""},
            {1000, "done"},
            {1001, "going away"},
            {1003, "no binary"},
            {1008, "policy"},
            {1011, "it broke"},
            {1012, "restart"},
            {1013, "later"},
            {3000, "registered"},
            {4000, ""},
            {4999, std::string(123, 'r')},
            {4444, "gr\xC3\xBC\xC3\x9F"},
        };
        scripted_app app;
        running_gateway gate(route_to(app.url()));
        for (const auto& row : rows) {
            for (const bool client_closes : {true, false}) {
                CAPTURE(row.code);
                CAPTURE(client_closes);
                const stopwatch watch;
                ws_peer client = ws_peer::connect(gate.address());
                ws_peer server = app.accept();
                ws_peer& closing = client_closes ? client : server;
                ws_peer& closed = client_closes ? server : client;
                closing.close(row.code, row.reason);
                const ws_peer::ended seen = closed.wait_closed();
                CHECK(seen.code == row.code);
                CHECK(seen.reason == row.reason);
                CHECK(closing.wait_closed().code == row.code);
                CHECK(watch.is_prompt());
            }
        }
        gate.wait_closed("client_closed", std::size(rows));
        gate.wait_closed("app_closed", std::size(rows));
    }

    TEST_CASE("a Close without a body crosses as one") {
        scripted_app app;
        running_gateway gate(route_to(app.url()));
        for (const bool client_closes : {true, false}) {
            CAPTURE(client_closes);
            ws_peer client = ws_peer::connect(gate.address());
            ws_peer server = app.accept();
            (client_closes ? client : server).close(0);
            CHECK((client_closes ? server : client).wait_closed().code == 1005);
            // What the other one answered: Beast does that with 1000.
            CHECK((client_closes ? client : server).wait_closed().code == 1000);
        }
    }

    TEST_CASE("what the application sent before its Close arrives before it") {
        scripted_app app;
        running_gateway gate(route_to(app.url()));
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        for (int i = 0; i < 100; ++i)
            server.send(std::to_string(i) + std::string(10'000, '.'));
        server.wait_sent();
        server.close(4000, "that was all");
        for (int i = 0; i < 100; ++i)
            REQUIRE(client.receive().data.starts_with(std::to_string(i) + "."));
        CHECK(client.wait_closed().code == 4000);
    }

    TEST_CASE(
        "what the application still sends after the client's Close arrives before the answer") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        pair.client.send_close(1000, "bye");
        CHECK(pair.app.read_message().close_reason() == "bye");
        pair.app.send_frame(frame_kind::text, "last words");
        pair.app.send_close(1000, "bye");
        CHECK(pair.client.read_message().payload == "last words");
        CHECK(pair.client.read_message().close_code() == 1000);
        // RFC 6455 §7.1.1: the server, here the gateway, ends TCP first.
        CHECK(pair.client.wait_end() == raw_socket::ending::closed);
        pair.app.cut();
        gate.wait_closed("client_closed");
    }

    TEST_CASE("an application that is gone after the client's Close does not delay the answer") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        for (const bool with_reset : {false, true}) {
            CAPTURE(with_reset);
            raw_pair pair = connect_pair(gate, app);
            const stopwatch watch;
            pair.client.send_close(1001);
            CHECK(pair.app.read_message().close_code() == 1001);
            with_reset ? pair.app.reset() : pair.app.cut();
            CHECK(pair.client.read_message().close_code() == 1001);
            CHECK(pair.client.wait_end() == raw_socket::ending::closed);
            CHECK(watch.is_prompt());
        }
    }

    TEST_CASE(
        "an application that never answers a Close is cut after the wait, and the client told") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        pair.client.send_close(1001);
        CHECK(pair.app.read_message().close_code() == 1001);
        CHECK(pair.client.read_message().close_code() == 1001);
        pair.app.wait_end();
    }

    TEST_CASE("a client that vanishes is 1006 to the application") {
        scripted_app app;
        running_gateway gate(route_to(app.url()));
        for (const bool with_reset : {false, true}) {
            CAPTURE(with_reset);
            ws_peer client = ws_peer::connect(gate.address());
            ws_peer server = app.accept();
            with_reset ? client.reset() : client.cut();
            CHECK(server.wait_closed().code == 1006);
        }
        gate.wait_closed("client_lost", 2);
    }

    TEST_CASE("an application that vanishes is 1014 to the client, behind its last messages") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        for (const bool with_reset : {false, true}) {
            CAPTURE(with_reset);
            raw_pair pair = connect_pair(gate, app);
            pair.app.send_frame(frame_kind::text, "one");
            pair.app.send_frame(frame_kind::text, "two");
            CHECK(pair.client.read_message().payload == "one");
            CHECK(pair.client.read_message().payload == "two");
            with_reset ? pair.app.reset() : pair.app.cut();
            const raw_frame close = pair.client.read_message();
            CHECK(close.close_code() == 1014);
            pair.client.send_close(1014);
            CHECK(pair.client.wait_end() == raw_socket::ending::closed);
        }
        gate.wait_closed("app_lost", 2);
    }

    TEST_CASE("an application that dies inside a frame ends the client without a Close, at once") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        const stopwatch watch;
        const std::string frame =
            to_bytes({.kind = frame_kind::text, .payload = std::string(50, 'x')});
        pair.app.send(frame.substr(0, 20));
        CHECK(pair.client.read_exactly(20) == frame.substr(0, 20));
        pair.app.cut();
        pair.client.wait_end();
        gate.wait_closed("app_lost");
        CHECK(watch.is_prompt());
    }

    TEST_CASE(
        "a leg whose Close waits for the end of a frame is cut when that end can never come") {
        // The application closes while the client is inside a frame; then the client is gone.
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        const std::string frame =
            to_bytes({.kind = frame_kind::text, .masked = true, .payload = std::string(50, 'x')});
        pair.client.send(frame.substr(0, 20));
        CHECK(pair.app.read_exactly(20) == frame.substr(0, 20));
        const stopwatch watch;
        pair.app.send_close(4000);
        CHECK(pair.client.read_message().close_code() == 4000);
        pair.client.cut();
        pair.app.wait_end();
        gate.wait_closed("app_closed");
        CHECK(watch.is_prompt());
    }

    TEST_CASE("a frame that is half forwarded is finished before the Close") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        const std::string frame =
            to_bytes({.kind = frame_kind::text, .masked = true, .payload = std::string(50, 'x')});
        pair.client.send(frame.substr(0, 20));
        const std::string first = pair.app.read_exactly(20);
        pair.app.send_close(4000);
        CHECK(pair.client.read_message().close_code() == 4000);
        pair.client.send(frame.substr(20));
        CHECK(first + pair.app.read_exactly(frame.size() - 20) == frame);
        CHECK(pair.app.read_message().close_code() == 4000);
        pair.client.send_close(4000);
        pair.client.wait_end();
        pair.app.cut();
        gate.wait_closed("app_closed");
    }

    TEST_CASE("a Close in the same packet as a message follows the message") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        pair.app.send(to_bytes({.kind = frame_kind::text, .payload = "message"}) +
                      to_bytes({.kind = frame_kind::close, .payload = close_body(4001, "x")}));
        pair.app.cut();
        CHECK(pair.client.read_message().payload == "message");
        CHECK(pair.client.read_message().close_code() == 4001);
        pair.client.send_close(4001);
        pair.client.wait_end();
        gate.wait_closed("app_closed");
    }

    TEST_CASE("nothing passes after a Close") {
        raw_app app;
        running_gateway gate(route_to(app.url()));
        raw_pair pair = connect_pair(gate, app);
        pair.client.send(to_bytes({.kind = frame_kind::close, .masked = true}) +
                         to_bytes({.kind = frame_kind::text, .masked = true, .payload = "late"}));
        CHECK(pair.app.read_message().close_code() == 1005);
        pair.app.send(to_bytes({.kind = frame_kind::close}) +
                      to_bytes({.kind = frame_kind::text, .payload = "late"}));
        CHECK(pair.client.read_message().close_code() == 1005);
        pair.client.wait_end();
        pair.app.shut();
        pair.app.wait_end();
        gate.wait_closed("client_closed");
        CHECK(gate.metric("pulsegate_messages_total") == 0);
    }

    TEST_CASE("a peer that breaks the rules while its session ends harms nobody") {
        // Once the gateway spun here for ever: the violation of a closing session was not an end of
        // it.
        raw_app app;
        running_gateway gate("workers: 1\n" + route_to(app.url()));
        const std::string bad_frames[] = {
            to_bytes({.kind = frame_kind::text, .masked = false, .payload = "unmasked"}),
            to_bytes({.kind = static_cast<frame_kind>(3), .masked = true}),
            to_bytes({.kind = frame_kind::text, .masked = true, .payload = "\xFF\xFE"}),
            to_bytes({.kind = frame_kind::close, .masked = true, .payload = close_body(1005, "")}),
            to_bytes({.kind = frame_kind::close, .masked = true, .payload = "x"}),
        };
        for (const std::string& bad : bad_frames) {
            raw_pair pair = connect_pair(gate, app);
            const stopwatch watch;
            pair.app.send_close(4000);
            CHECK(pair.client.read_message().close_code() == 4000);
            pair.client.send(bad);
            pair.client.wait_end();
            CHECK(pair.app.read_message().close_code() == 4000);
            pair.app.cut();
            CHECK(watch.is_prompt());
        }
        for (const bool garbage : {true, false}) {
            raw_pair pair = connect_pair(gate, app);
            const stopwatch watch;
            pair.client.send_close(1000);
            CHECK(pair.app.read_message().close_code() == 1000);
            pair.app.send(garbage ? "\x0F\x0F garbage"
                                  : to_bytes({.kind = frame_kind::close, .payload = "x"}));
            CHECK(pair.client.read_message().close_code() == 1000);
            pair.client.wait_end();
            pair.app.wait_end();
            CHECK(watch.is_prompt());
        }
        gate.wait_closed("app_closed", std::size(bad_frames));
        gate.wait_closed("client_closed", 2);
    }

} // TEST_SUITE

} // namespace pulsegate::test
