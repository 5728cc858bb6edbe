// Peers that do not read: the gateway stops reading from the other side, keeps its memory bounded
// and loses nothing; a peer that takes nothing for `limits.write_stall` is closed.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace pulsegate::test {
namespace {

constexpr std::size_t message_bytes = 1'000'000;
constexpr std::size_t message_count = is_sanitized ? 40 : 200;
// What is read ahead, one large read more, and a few frames of the gateway's own.
constexpr double most_pending_bytes_of_leg = 2 * 65'536 + 5'000;

std::string numbered(std::size_t number) {
    std::string data(message_bytes, static_cast<char>('a' + number % 26));
    const std::string text = std::to_string(number);
    return data.replace(0, text.size(), text);
}

/// Waits until nothing passes any more, while something is pending: the reader's side is full.
void wait_until_blocked(const running_gateway& gate, int legs) {
    double last = -1;
    int unchanged = 0;
    wait_until("the flow to stop", [&] {
        const double passed = gate.metric("pulsegate_bytes_total");
        const double pending = gate.metric("pulsegate_pending_bytes");
        CHECK(pending <= legs * most_pending_bytes_of_leg);
        unchanged = passed == last && pending > 0 ? unchanged + 1 : 0;
        last = passed;
        return unchanged == 20;
    });
}

void expect_bounded_flow(ws_peer& sender, ws_peer& receiver, const running_gateway& gate) {
    receiver.pause();
    sender.send("the receiver reads this one and no more");
    CHECK(receiver.receive().data == "the receiver reads this one and no more");
    for (std::size_t i = 0; i < message_count; ++i)
        sender.send(numbered(i));
    wait_until_blocked(gate, 1);
    CHECK(gate.metric("pulsegate_bytes_total") < message_bytes * message_count);
    receiver.resume();
    for (std::size_t i = 0; i < message_count; ++i) {
        CAPTURE(i);
        REQUIRE((receiver.receive().data == numbered(i)));
    }
    CHECK(gate.metric("pulsegate_pending_bytes") == 0);
}

} // namespace

TEST_SUITE("back-pressure") {

    TEST_CASE("a client that does not read holds the application back and loses nothing") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address(), {.receive_buffer_bytes = 65'536});
        ws_peer server = app.accept();
        expect_bounded_flow(server, client, gate);
    }

    TEST_CASE("a client that resets its connection lets an application go on that waits to write") {
        // As an echo does, the application reads no more until what it has to say is taken.
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address(), 65'536);
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        const auto flood = [](raw_socket& sender, bool masked) {
            const std::string frame = to_bytes({.kind = frame_kind::binary,
                                                .masked = masked,
                                                .payload = std::string(message_bytes, 'f')});
            return [&sender, frame, at = std::size_t{0}]() mutable {
                const std::size_t sent = sender.send_what_fits(std::string_view(frame).substr(at));
                at = (at + sent) % frame.size();
                return sent;
            };
        };
        auto from_client = flood(client, true);
        auto from_app = flood(served.socket, false);
        int unchanged = 0;
        wait_until("both flows to stop", [&] {
            unchanged = from_client() + from_app() == 0 ? unchanged + 1 : 0;
            return unchanged == 50;
        });
        client.reset();
        std::size_t taken = 0;
        wait_until("the application to write on", [&] {
            taken += from_app();
            return taken > 4 * message_bytes;
        });
    }

    TEST_CASE("an application that does not read holds the client back and loses nothing") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        expect_bounded_flow(client, server, gate);
    }

    TEST_CASE("one frame far larger than every buffer streams through") {
        scripted_app app;
        running_gateway gate("limits: { message: 1GiB }\nroutes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        server.count_only();
        const std::size_t size = is_sanitized ? 30'000'000 : 100'000'000;
        client.send(std::string(size, 'z'), false);
        client.wait_sent();
        wait_until("the frame", [&] {
            CHECK(gate.metric("pulsegate_pending_bytes") <= most_pending_bytes_of_leg);
            return server.received() == 1;
        });
        CHECK(server.received_bytes() == size);
    }

    TEST_CASE("both sides that block each other come loose again") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        for (ws_peer* const one : {&client, &server}) {
            ws_peer& other = one == &client ? server : client;
            one->pause();
            other.send("last one before the pause");
            CHECK(one->receive().data == "last one before the pause");
        }
        constexpr std::size_t count = 30;
        for (std::size_t i = 0; i < count; ++i) {
            client.send(numbered(i));
            server.send(numbered(i));
        }
        wait_until_blocked(gate, 2);
        client.resume();
        server.resume();
        for (std::size_t i = 0; i < count; ++i) {
            REQUIRE((client.receive().data == numbered(i)));
            REQUIRE((server.receive().data == numbered(i)));
        }
    }

    TEST_CASE("a client that takes nothing is closed as slow, and the application told") {
        scripted_app app;
        running_gateway gate("limits: { write_stall: 200ms }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address(), {.starts_paused = true});
        ws_peer server = app.accept();
        for (std::size_t i = 0; i < 40; ++i)
            server.send(numbered(i));
        CHECK(server.wait_closed().code == 1008);
        gate.wait_closed("slow_client");
    }

    TEST_CASE("an application that takes nothing is cut as slow, and the client told") {
        raw_app app;
        running_gateway gate("limits: { write_stall: 200ms }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        const std::string frame = to_bytes(
            {.kind = frame_kind::binary, .masked = true, .payload = std::string(1'000, 'x')});
        std::string flood;
        while (flood.size() < message_bytes)
            flood += frame;
        std::size_t sent = 0;
        wait_until("the application to be called slow", [&] {
            // Goes on in the middle of the flood where the kernel stopped.
            sent =
                (sent + client.send_what_fits(std::string_view(flood).substr(sent))) % flood.size();
            return client.is_readable(0ms);
        });
        CHECK(client.read_message().close_code() == 1014);
        client.cut();
        gate.wait_closed("slow_app");
    }

    TEST_CASE("a slow client that keeps taking a little is not closed") {
        scripted_app app;
        running_gateway gate("limits: { write_stall: 1s }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address(), 4'096);
        client.send(upgrade_request_text());
        ws_peer server = app.accept();
        CHECK(client.read_head().status() == 101);
        server.send(std::string(10'000'000, 's'), false);
        gate.wait_metric("pulsegate_connections", {}, 1);
        wait_until("something to be pending",
                   [&] { return gate.metric("pulsegate_pending_bytes") > 0; });
        std::string header = client.read_exactly(10);
        std::size_t left = 10'000'000;
        const auto slow_until = std::chrono::steady_clock::now() + 2s;
        while (std::chrono::steady_clock::now() < slow_until && left > 200'000) {
            (void)client.read_exactly(100'000);
            left -= 100'000;
            std::this_thread::sleep_for(50ms); // the slowness itself
        }
        (void)client.read_exactly(left);
        CHECK(gate.live() == 1);
    }

} // TEST_SUITE

} // namespace pulsegate::test
