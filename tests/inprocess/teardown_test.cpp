// Teardown under every failure: call n fails for every n, and every pair of endings lands in one
// turn of the event loop. No crash, no leak, one reason per session, and the next client is served.
#include "inprocess/system_calls.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <iterator>
#include <thread>

namespace pulsegate::test {
namespace {

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// For conversations that may fail by order.
void expect(bool is_so) {
    if (!is_so)
        throw std::runtime_error("an answer that was not expected");
}

/// A conversation with an application that echoes.
void talk(const running_gateway& gate) {
    raw_socket client = raw_socket::upgraded(gate.address());
    client.send_frame(frame_kind::text, "hello");
    expect(client.read_message().payload == "hello");
    client.send_frame(frame_kind::binary, std::string(300'000, 'x'));
    expect(client.read_message().payload.size() == 300'000);
    client.send_frame(frame_kind::ping, "p");
    expect(client.read_frame().payload == "p");
    client.send_close(1000);
    expect(client.read_message().close_code() == 1000);
    client.wait_end();
}

/// One that ends with an offence.
void offend(const running_gateway& gate) {
    raw_socket client = raw_socket::upgraded(gate.address());
    client.send(to_bytes({.kind = frame_kind::text, .payload = "not masked"}));
    expect(client.read_message().close_code() == 1002);
    client.shut();
    client.wait_end();
}

/// One that is refused.
void be_refused(const running_gateway& gate) {
    raw_socket client = raw_socket::connect(gate.address());
    client.send("TRACE /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(client.read_head().status() == 501);
    client.shut();
    client.wait_end();
}

/// Two plain requests on one connection. The application ends its own after each answer, so it may
/// be found closed.
void ask_plainly(const running_gateway& gate) {
    raw_socket client = raw_socket::connect(gate.address());
    for (int i = 0; i < 2; ++i) {
        client.send("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
        expect(client.read_head().status() == 200);
        expect(client.read_exactly(4) == "page");
    }
    client.shut();
    client.wait_end();
}

/// Fails call 1, 2, 3, … until the conversation passes untouched. Returns the number of failures.
int fail_every_call(const running_gateway& gate, void (*conversation)(const running_gateway&)) {
    conversation(gate);
    gate.expect_all_closed();
    const auto descriptors = open_descriptors();
    for (int n = 1;; ++n) {
        std::string failed;
        {
            const failing_call failing(n);
            try {
                conversation(gate);
            } catch (const std::runtime_error&) {
                // The client saw the failure in its own way.
            }
            failed = failing.failed();
        }
        CAPTURE(n);
        CAPTURE(failed);
        gate.expect_all_closed();
        conversation(gate); // the next client notices nothing
        gate.expect_all_closed();
        wait_until("descriptors to return", [&] { return open_descriptors() <= descriptors; });
        if (failed.empty())
            return n - 1;
    }
}

} // namespace

TEST_SUITE("teardown") {

    TEST_CASE("whatever call fails in a session with an application, nothing stays behind") {
        scripted_app app({.echoes = true});
        running_gateway gate("workers: 1\nroutes: [{ path: /, upstream: '" + app.url() + "' }]");
        CHECK(fail_every_call(gate, talk) > 15);
        CHECK(fail_every_call(gate, offend) > 10);
        CHECK(fail_every_call(gate, be_refused) > 3);
    }

    TEST_CASE("whatever call fails in a plain exchange, nothing stays behind") {
        scripted_app app({.refuses_with = 200, .body = "page"});
        running_gateway gate("workers: 1\nroutes: [{ path: /, upstream: '" + app.url() + "' }]");
        CHECK(fail_every_call(gate, ask_plainly) > 8);
        CHECK(gate.metric("pulsegate_http_requests_in_progress") == 0);
    }

    TEST_CASE("whatever call fails in a session with the built-in echo, nothing stays behind") {
        running_gateway gate("workers: 1");
        CHECK(fail_every_call(gate, talk) > 15);
    }

    TEST_CASE("every pair of endings may land in one turn") {
        struct scene {
            running_gateway& gate;
            raw_socket& client;
            raw_socket& app;
        };
        struct ending {
            const char* reason; // that it gives a session if it is the first
            std::function<void(scene&)> happens;
        };
        constexpr std::size_t evicted = 3;
        constexpr std::size_t drained = 4;
        // Those that end a socket come last: the others need it.
        const ending endings[] = {
            {"client_closed", [](scene& it) { it.client.send_close(1000); }},
            {"app_closed", [](scene& it) { it.app.send_close(1001); }},
            {"protocol_error", [](scene& it) { it.client.send(std::string(2, '\x0F')); }},
            {"evicted",
             [](scene& it) {
                 it.app.send_frame(frame_kind::pong, ""); // only the client is silent
                 std::this_thread::sleep_for(400ms);      // the silence itself
             }},
            {"drained",
             [](scene& it) {
                 it.gate.self().drain();
                 wait_until("draining", [&] { return it.gate.get("/readyz").first == 503; });
             }},
            {"client_lost", [](scene& it) { it.client.reset(); }},
            {"app_lost", [](scene& it) { it.app.reset(); }},
        };
        // Plays a peer that does what a decent one does when its connection ends.
        const auto part = [](raw_socket& peer) {
            if (!peer.is_open())
                return;
            try {
                raw_frame frame = peer.read_message();
                while (frame.kind != frame_kind::close)
                    frame = peer.read_message();
                peer.send_frame(frame_kind::close, frame.payload);
                peer.shut();
                peer.wait_end();
            } catch (const std::runtime_error&) {
                // It was cut or reset: that is an end too.
            }
            peer.cut();
        };
        for (std::size_t first = 0; first < std::size(endings); ++first) {
            for (std::size_t second = first + 1; second < std::size(endings); ++second) {
                const ending* const pair[] = {&endings[first], &endings[second]};
                CAPTURE(std::string(pair[0]->reason));
                CAPTURE(std::string(pair[1]->reason));
                const bool evicts = first == evicted || second == evicted;
                raw_app app;
                raw_app silent_app;
                running_gateway gate(
                    "workers: 1\ndrain: { window: 0s }\nroutes: [{ path: /hold, upstream: '" +
                    silent_app.url() + "' }, { path: /, upstream: '" + app.url() +
                    "', heartbeat: " + (evicts ? "{ interval: 100ms, timeout: 300ms }" : "{}") +
                    " }]");
                raw_socket client = raw_socket::connect(gate.address());
                client.send(upgrade_request_text());
                raw_app::session served = app.accept_session();
                CHECK(client.read_head().status() == 101);
                // Its peers do not answer a drain, so the gateway is there for a few seconds more.
                raw_socket other = raw_socket::connect(gate.address());
                other.send(upgrade_request_text("/hold"));
                const raw_app::session other_served = silent_app.accept_session();
                {
                    const held_workers held;
                    other.send_frame(frame_kind::text, "x");
                    held.wait();
                    scene both{gate, client, served.socket};
                    for (const ending* const each : pair)
                        each->happens(both);
                }
                part(served.socket);
                part(client);
                gate.wait_metric("pulsegate_connections", {{"route", "/"}}, 0);
                CHECK(gate.metric("pulsegate_connections_closed_total", {{"route", "/"}}) == 1);
                double expected = 0;
                for (const ending* const each : pair)
                    expected += gate.metric("pulsegate_connections_closed_total",
                                            {{"route", "/"}, {"reason", each->reason}});
                CHECK(expected == 1);
                if (first == drained || second == drained) {
                    gate.self().stop();
                    gate.wait_outcome();
                }
                other.cut();
            }
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
