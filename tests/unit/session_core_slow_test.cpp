// Who is alive on a slow line, by literal times: peers that take what waits are not silent, whoever
// takes nothing is not kept. Each case is named after what it was once about.
#include "support/core_trial.hpp"

#include <doctest/doctest.h>

#include <string>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::core_trial;

std::string binary(leg from, std::size_t bytes) {
    return core_trial::frame_of(from, opcode::binary, std::string(bytes, 'x'));
}

/// One megabyte in frames of 10 kB.
std::string megabyte(leg from) {
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += binary(from, 10'000);
    return all;
}

/// Something sends as fast as it is let, `rate` bytes a second are taken, and pings are answered
/// once they have been taken.
void stream_slowly(core_trial& trial, leg to, std::uint64_t bytes_left, std::uint64_t rate,
                   milliseconds span) {
    const leg from = other(to);
    core_trial::peer& slow = trial.at(to);
    const std::string piece = binary(from, 10'000);
    std::uint64_t answered = 0;
    trial.pass(span, [&] {
        while (bytes_left > 0 && trial.core.wants_bytes(from)) {
            trial.bytes(from, piece);
            bytes_left -= std::min<std::uint64_t>(bytes_left, piece.size());
        }
        trial.take(to, rate / 10);
        // What is acknowledged was read.
        const std::string whole = slow.received;
        slow.received =
            whole.substr(0, std::min<std::uint64_t>(whole.size(), slow.acked - answered));
        const std::size_t read = slow.received.size();
        trial.answer_pings(to);
        const std::size_t rest = slow.received.size();
        answered += read - rest;
        slow.received += whole.substr(read);
        trial.frame(from, opcode::pong, ""); // the other one is well
    });
}

TEST_CASE("a client at 70 kB/s that is sent 9 MB lives until it has everything") {
    core_trial trial;
    trial.client.kernel_room = 400'000;
    stream_slowly(trial, leg::client, 9'000'000, 70'000, 140s);
    CHECK(trial.core.is_open());
    CHECK(trial.client.acked > 9'000'000);
    CHECK(trial.trace == "");
}

TEST_CASE("a client at 30 kB/s is not called slow, for it takes bytes all the time") {
    core_trial trial;
    trial.client.kernel_room = 200'000;
    stream_slowly(trial, leg::client, 9'000'000, 30'000, 320s);
    CHECK(trial.core.is_open());
    CHECK(trial.trace == "");
}

TEST_CASE("an application that takes an upload slowly is not timed out") {
    core_trial trial({.interval = 4s, .timeout = 9s, .phase = 2s});
    trial.app.kernel_room = 400'000;
    stream_slowly(trial, leg::app, 6'000'000, 200'000, 35s);
    CHECK(trial.core.is_open());
    CHECK(trial.trace == "");
}

TEST_CASE("pings get out between messages of a stream that is faster than its client") {
    core_trial trial({.interval = 1s, .timeout = 3s, .phase = 500ms});
    trial.client.kernel_room = 300'000;
    stream_slowly(trial, leg::client, 100'000'000, 600'000, 20s);
    CHECK(trial.core.is_open());
    CHECK(trial.core.last_round_trip().has_value());
    CHECK(trial.counts.pings_sent[index(leg::client)] >= 19);
}

TEST_CASE("a client that takes nothing while something waits is slow after write_stall") {
    core_trial trial;
    trial.client.kernel_room = 100'000;
    trial.pass(5s);
    trial.bytes(leg::app, megabyte(leg::app));
    trial.app.unread = 10; // it is not read, since the client takes nothing
    trial.pass(29s, [] {});
    CHECK(trial.core.is_open());
    trial.pass(3s, [] {});
    CHECK(trial.core.life().reason() == close_reason::slow_client);
    CHECK(trial.closed_at() <= 36s);
}

TEST_CASE("an acknowledged byte now and then is enough not to be stalled, also without an event") {
    core_trial trial;
    trial.client.kernel_room = 100'000;
    trial.bytes(leg::app, megabyte(leg::app));
    trial.app.unread = 10; // it is not read, since the client takes so little
    int ticks = 0;
    trial.pass(120s, [&] {
        if (++ticks % 200 == 0) { // the kernel does not say it is writable for so little
            --trial.client.in_kernel;
            ++trial.client.acked;
        }
    });
    CHECK(trial.core.is_open());
}

TEST_CASE("a client that vanished is evicted at the timeout, whatever trickles into the proxy") {
    core_trial trial;
    trial.pass(60s, [&] {
        if (!trial.core.is_open())
            return;
        trial.frame(leg::app, opcode::text, "tick"); // taken by the proxy at once
        trial.take(leg::client, UINT64_MAX);
    });
    CHECK(trial.core.life().reason() == close_reason::evicted);
    CHECK(trial.closed_at() <= 46s);
}

TEST_CASE("a client behind a proxy that has swallowed 4 MB has the time to read them") {
    for (const bool is_dead : {false, true}) {
        CAPTURE(is_dead);
        core_trial trial;
        trial.client.kernel_room = 100'000'000;
        trial.frame(leg::client, opcode::pong, "");
        for (int i = 0; i < 4; ++i) {
            trial.bytes(leg::app, megabyte(leg::app));
            trial.take(leg::client, UINT64_MAX);
        }
        // At 64 KiB/s the 4 MB take 61 s, and then there is the timeout.
        trial.pass(100s, [&] {
            if (!trial.core.is_open())
                return;
            trial.frame(leg::app, opcode::pong, "");
            trial.take(leg::client, UINT64_MAX);
        });
        CHECK(trial.core.is_open());
        if (!is_dead)
            trial.frame(leg::client, opcode::pong, "");
        trial.pass(10s, [&] {
            if (!trial.core.is_open())
                return;
            trial.frame(leg::app, opcode::pong, "");
            trial.take(leg::client, UINT64_MAX);
        });
        CHECK(trial.core.is_open() != is_dead);
    }
}

TEST_CASE(
    "a dead client is noticed behind a proxy that takes much, for what is on the way is bounded") {
    core_trial trial;
    trial.client.kernel_room = 1'000'000'000;
    trial.pass(400s, [&] {
        if (!trial.core.is_open())
            return;
        for (int i = 0; i < 10; ++i)
            trial.frame(leg::app, opcode::binary, std::string(10'000, 'x'));
        trial.take(leg::client, UINT64_MAX);
        trial.client.received.clear();
    });
    CHECK_FALSE(trial.core.is_open());
    CHECK(trial.core.life().reason() == close_reason::evicted);
    CHECK(trial.closed_at() <= 45s + 256s + 1s); // 16 MiB at 64 KiB/s
}

TEST_CASE("nobody is asked inside a frame, and so nobody is silent there") {
    for (const leg to : {leg::app, leg::client}) {
        CAPTURE(static_cast<int>(to));
        const leg from = other(to);
        core_trial trial;
        const std::string whole = binary(from, 12 * 1024 * 1024);
        std::size_t sent = 0;
        trial.pass(83s, [&] {
            const std::size_t count = std::min<std::size_t>(15'000, whole.size() - sent);
            trial.bytes(from, std::string_view(whole).substr(sent, count));
            sent += count;
            trial.take(to, UINT64_MAX);
        });
        CHECK(trial.core.is_open());
        CHECK(sent < whole.size());
        trial.bytes(from, std::string_view(whole).substr(sent));
        trial.take(to, UINT64_MAX);
        trial.at(to).received = trial.at(to).received.substr(whole.size());
        CHECK(trial.control_frames_to(to) == "ping"); // the one that waited
        trial.answer_pings(to);
        trial.frame(from, opcode::pong, "");
        trial.pass(20s, [&] { trial.frame(from, opcode::pong, ""); });
        CHECK(trial.core.is_open());
    }
}

TEST_CASE("who is asked late has the whole timeout for its answer, and no more") {
    core_trial trial;
    const std::string whole = binary(leg::client, 1'000'000);
    std::size_t sent = 0;
    trial.pass(100s, [&] {
        trial.bytes(leg::client, std::string_view(whole).substr(sent, 1'000));
        sent += 1'000;
        trial.take(leg::app, UINT64_MAX);
    });
    CHECK(sent == 1'000'000);
    trial.bytes(leg::client, std::string_view(whole).substr(sent)); // as long as the header
    const auto live_on = [&] {
        if (trial.core.is_open())
            trial.frame(leg::client, opcode::pong, "");
        trial.take(leg::app, UINT64_MAX);
    };
    trial.pass(44s, live_on);
    CHECK(trial.core.is_open());
    trial.pass(17s, live_on); // a megabyte at 64 KiB/s
    CHECK_FALSE(trial.core.is_open());
    CHECK(trial.core.life().reason() == close_reason::app_timeout);
}

TEST_CASE("a dead application is noticed inside a frame: its TCP acknowledges nothing") {
    core_trial trial;
    const std::string whole = binary(leg::client, 1'000'000);
    std::size_t sent = 0;
    trial.pass(120s, [&] { // too little for anything to wait in the gateway
        if (!trial.core.is_open())
            return;
        trial.bytes(leg::client, std::string_view(whole).substr(sent, 10));
        sent += 10;
    });
    CHECK(trial.core.life().reason() == close_reason::app_timeout);
    CHECK(trial.closed_at() <= 45s + 2 * 5s);
}

TEST_CASE("a frame that nobody goes on with excuses nobody") {
    core_trial trial; // both are inside a frame, and wait for each other; the client has vanished
    trial.bytes(leg::client, binary(leg::client, 1'000'000).substr(0, 500'000));
    trial.bytes(leg::app, binary(leg::app, 1'000'000).substr(0, 300'000));
    trial.pass(60s);
    CHECK_FALSE(trial.core.is_open());
    CHECK(trial.closed_at() <= 45s + 8s); // half a megabyte at 64 KiB/s
}

TEST_CASE(
    "an application that does not read while it cannot write is not blamed for a slow client") {
    for (const bool is_stuck : {false, true}) {
        CAPTURE(is_stuck);
        core_trial trial;
        trial.client.kernel_room = trial.app.kernel_room = 100'000;
        trial.client.unsent_of_kernel = trial.app.unsent_of_kernel = UINT64_MAX; // windows closed
        trial.bytes(leg::app, megabyte(leg::app));
        trial.bytes(leg::client, megabyte(leg::client));
        CHECK(trial.app.in_gateway > 0);
        trial.client.unread = trial.app.unread = 50'000;
        trial.pass(200s, [&] {
            trial.client.since_data = trial.app.since_data = trial.elapsed();
            if (is_stuck || !trial.core.is_open())
                return;
            trial.take(leg::client, 10); // and there is always more
            if (trial.core.wants_bytes(leg::app))
                trial.bytes(leg::app, binary(leg::app, 10'000));
        });
        CHECK(trial.core.is_open() != is_stuck);
        if (is_stuck)
            CHECK(trial.core.life().reason() == close_reason::slow_client);
    }
}

TEST_CASE("what waits unread in the socket was sent when it came, not when it is read") {
    core_trial trial;
    trial.frame(leg::client, opcode::pong, "");
    trial.client.unread = 100;
    const auto live_on = [&] {
        if (!trial.core.is_open())
            return;
        trial.frame(leg::app, opcode::pong, "");
        trial.client.since_data = trial.elapsed() - std::min(trial.elapsed(), milliseconds(30s));
    };
    trial.pass(74s, live_on); // the last byte came at 30 s
    CHECK(trial.core.is_open());
    trial.pass(3s, live_on);
    CHECK(trial.core.life().reason() == close_reason::evicted);
}

TEST_CASE("a client whose input waits for a slow application lives as long as its TCP answers") {
    for (const bool is_dead : {false, true}) {
        CAPTURE(is_dead);
        core_trial trial;
        trial.app.kernel_room = 100'000;
        trial.bytes(leg::client, megabyte(leg::client));
        CHECK_FALSE(trial.core.wants_bytes(leg::client));
        trial.client.unread = 10'000;
        trial.pass(120s, [&] {
            if (!trial.core.is_open())
                return;
            trial.client.since_data = trial.elapsed();
            trial.take(leg::app, 100);
            trial.frame(leg::app, opcode::pong, "");
            if (!is_dead)
                trial.take(leg::client, UINT64_MAX);
        });
        CHECK(trial.core.is_open() != is_dead);
    }
}

// --- Paused by its rate ---

core_trial paused_trial() {
    return core_trial({.interval = 2s,
                       .timeout = 4s,
                       .rate = {.messages = 1, .bytes = 0, .action = rate_action::pause},
                       .phase = 1s});
}

void flood(core_trial& trial) {
    std::string texts;
    for (int i = 0; i < 1'000; ++i)
        texts += core_trial::frame_of(leg::client, opcode::text, "");
    trial.bytes(leg::client, texts);
    CHECK_FALSE(trial.core.wants_bytes(leg::client));
}

TEST_CASE("a paused client that ends its connection is gone at once") {
    core_trial trial = paused_trial();
    flood(trial);
    trial.core.on_end_ahead(leg::client, trial.now());
    CHECK(trial.core.life().reason() == close_reason::client_lost);
    CHECK(trial.core.has_ended());
}

TEST_CASE("a paused client that vanishes is evicted at the timeout, for held input is no life") {
    core_trial trial = paused_trial();
    flood(trial);
    trial.client.unread = 20'000;
    trial.pass(10s, [&] {
        if (!trial.core.is_open())
            return;
        trial.frame(leg::app, opcode::pong, "");
        trial.client.since_data = trial.elapsed();
    });
    CHECK_FALSE(trial.core.is_open());
    CHECK(trial.core.life().reason() == close_reason::evicted);
    CHECK(trial.closed_at() <= 6s);
}

TEST_CASE("a paused client whose pongs have no room lives as long as its TCP answers") {
    for (const bool is_dead : {false, true}) {
        CAPTURE(is_dead);
        core_trial trial = paused_trial();
        flood(trial);
        trial.client.unread = 60'000;
        trial.pass(20s, [&] {
            if (!trial.core.is_open())
                return;
            trial.frame(leg::app, opcode::pong, "");
            trial.client.since_data = trial.elapsed();
            if (!is_dead)
                trial.take(leg::client, UINT64_MAX);
        });
        CHECK(trial.core.is_open() != is_dead);
    }
}

TEST_CASE("what a pause held back goes on at once when the session ends") {
    core_trial trial = paused_trial();
    flood(trial);
    trial.core.close(close_reason::admin, trial.now());
    CHECK(*trial.core.due(trial.now()) <= trial.now().real);
    trial.pass(100ms);
    CHECK(trial.core.wants_bytes(leg::client));
}

TEST_CASE("every frame counts for the rate: fragments without content, and pongs") {
    for (const bool are_fragments : {false, true}) {
        core_trial trial = paused_trial();
        std::string frames = core_trial::frame_of(leg::client, opcode::text, "", false);
        for (int i = 0; i < 100; ++i)
            frames += are_fragments
                          ? core_trial::frame_of(leg::client, opcode::continuation, "", false)
                          : core_trial::frame_of(leg::client, opcode::pong, "");
        trial.bytes(leg::client, frames);
        CHECK_FALSE(trial.core.wants_bytes(leg::client));
        CHECK(trial.app.received.size() <= 3 * 6);
    }
}

} // namespace
} // namespace pulsegate
