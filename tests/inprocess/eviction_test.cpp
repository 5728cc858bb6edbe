// Silent clients are evicted in time, live ones stay; a silent application is 1014.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace pulsegate::test {
namespace {

/// How late this machine wakes threads while the meter lives: what a measured time may be too long
/// by, through no fault of the gateway.
class lateness_meter {
public:
    lateness_meter()
        : thread_([this] {
              while (!ends_) {
                  const auto due = std::chrono::steady_clock::now() + 10ms;
                  std::this_thread::sleep_until(due);
                  const auto late = std::chrono::steady_clock::now() - due;
                  worst_ = std::max(worst_.load(), late);
              }
          }) {}
    ~lateness_meter() {
        ends_ = true;
        thread_.join();
    }
    [[nodiscard]] std::chrono::steady_clock::duration worst() const { return worst_; }

private:
    std::atomic<bool> ends_ = false;
    std::atomic<std::chrono::steady_clock::duration> worst_{};
    std::thread thread_;
};

} // namespace

TEST_SUITE("eviction") {

    TEST_CASE("a hundred silent clients go within half a second of the timeout, a hundred live "
              "ones stay") {
        constexpr auto timeout = 1s;
        running_gateway gate("heartbeat: { interval: 200ms, timeout: 1s }");
        const lateness_meter meter;
        std::vector<ws_peer> live;
        std::vector<raw_socket> silent;
        for (int i = 0; i < 100; ++i)
            live.push_back(ws_peer::begin(gate.address()));
        for (ws_peer& each : live)
            REQUIRE(each.status() == 101);
        std::vector<std::chrono::steady_clock::time_point> last_byte;
        for (int i = 0; i < 100; ++i) {
            silent.push_back(raw_socket::upgraded(gate.address()));
            last_byte.push_back(std::chrono::steady_clock::now());
        }
        // A sanitizer slows both sides down.
        const auto slack = is_sanitized ? 5'000ms : 500ms;
        for (std::size_t i = 0; i < silent.size(); ++i) {
            const raw_frame close = silent[i].read_message();
            const auto silence = std::chrono::steady_clock::now() - last_byte[i];
            CHECK(close.close_code() == 4001);
            CHECK(close.close_reason() == "timeout");
            CHECK(silence < timeout + slack + meter.worst());
        }
        gate.wait_closed("evicted", 100);
        CHECK(gate.metric("pulsegate_timeout_evictions_total") == 100);
        CHECK(gate.live() == 100);
        for (ws_peer& each : live) {
            each.send("alive");
            CHECK(each.receive().data == "alive");
            CHECK(!each.is_closed());
        }
    }

    TEST_CASE("a client is not evicted before the timeout") {
        running_gateway gate("heartbeat: { interval: 200ms, timeout: 600ms }");
        raw_socket silent = raw_socket::connect(gate.address());
        const auto before = std::chrono::steady_clock::now();
        silent.send(upgrade_request_text());
        CHECK(silent.read_head().status() == 101);
        CHECK(silent.read_message().close_code() == 4001);
        CHECK(std::chrono::steady_clock::now() - before >= 600ms);
    }

    TEST_CASE("the Close of an eviction is configurable, and the application gets the same") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() +
                             "', heartbeat: { interval: 100ms, timeout: 300ms,"
                             " close: { code: 4408, reason: too quiet } } }]");
        ws_peer client = ws_peer::connect(gate.address(), {.starts_paused = true});
        ws_peer server = app.accept();
        const auto seen_by_app = server.wait_closed();
        CHECK(seen_by_app.code == 4408);
        CHECK(seen_by_app.reason == "too quiet");
        client.resume();
        const auto seen_by_client = client.wait_closed();
        CHECK(seen_by_client.code == 4408);
        CHECK(seen_by_client.reason == "too quiet");
    }

    TEST_CASE("any byte is a sign of life: a text, a ping, an unasked pong, part of a frame") {
        running_gateway gate("heartbeat: { interval: 500ms, timeout: 2s }");
        const std::string long_frame =
            to_bytes({.kind = frame_kind::text, .masked = true, .payload = std::string(100, 'x')});
        std::vector<raw_socket> clients;
        for (int i = 0; i < 4; ++i)
            clients.push_back(raw_socket::upgraded(gate.address()));
        std::size_t at = 0;
        const auto until = std::chrono::steady_clock::now() + 4'500ms; // well beyond the timeout
        while (std::chrono::steady_clock::now() < until) {
            clients[0].send_frame(frame_kind::text, "x");
            clients[1].send_frame(frame_kind::ping, "x");
            clients[2].send_frame(frame_kind::pong, "x");
            clients[3].send(long_frame.substr(at++, 1));
            std::this_thread::sleep_for(100ms); // the pace of the clients, not a wait for a result
        }
        CHECK(gate.live() == 4);
        CHECK(gate.closed("evicted") == 0);
    }

    TEST_CASE("a client that is held back by a slow application is not silent") {
        // Its bytes wait unread in the socket; the gateway looks there before it evicts.
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() +
                             "', heartbeat: { interval: 500ms, timeout: 2s } }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        constexpr std::size_t count = 4'000;
        std::string frames;
        for (std::size_t i = 0; i < count; ++i)
            frames += to_bytes(
                {.kind = frame_kind::binary, .masked = true, .payload = std::string(2'000, 'x')});
        std::size_t sent = 0;
        const auto send_more = [&] {
            sent += client.send_what_fits(std::string_view(frames).substr(sent));
        };
        const auto until = std::chrono::steady_clock::now() + 4'500ms; // well beyond the timeout
        while (std::chrono::steady_clock::now() < until) {
            send_more();
            served.socket.send_frame(frame_kind::pong,
                                     "alive"); // the application lives, and is slow
            std::this_thread::sleep_for(50ms); // its pace, not a wait for a result
        }
        CHECK(gate.metric("pulsegate_pending_bytes") > 0);
        CHECK(gate.live() == 1);
        for (std::size_t i = 0; i < count; ++i) {
            send_more();
            CHECK(served.socket.read_message().payload.size() == 2'000);
        }
        CHECK(gate.closed("evicted") == 0);
    }

    TEST_CASE("an application that answers no ping is 1014 to the client") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() +
                             "', heartbeat: { interval: 100ms, timeout: 400ms } }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        raw_frame frame = client.read_frame();
        while (frame.kind == frame_kind::ping) {
            client.send_frame(frame_kind::pong, frame.payload);
            frame = client.read_frame();
        }
        CHECK(frame.close_code() == 1014);
        CHECK(served.socket.read_message().close_code() == 4001);
        client.send_close(1014);
        client.wait_end();
        served.socket.cut();
        gate.wait_closed("app_timeout");
    }

    TEST_CASE("an evicted client that stays connected is cut") {
        running_gateway gate("heartbeat: { interval: 100ms, timeout: 300ms }");
        raw_socket silent = raw_socket::upgraded(gate.address());
        CHECK(silent.read_message().close_code() == 4001);
        silent.wait_end();
        gate.wait_closed("evicted");
    }

} // TEST_SUITE

} // namespace pulsegate::test
