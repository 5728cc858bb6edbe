#include "session/heartbeat.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};
constexpr heartbeat_rhythm rhythm{25s, 45s};

/// A moment of a gateway that was never stopped.
moment at(duration since_start) {
    return {start + since_start, start + since_start};
}

TEST_CASE("the first ping comes at its phase, and the next ones every interval from there") {
    for (const duration phase : {duration(1ns), duration(7s), duration(25s)}) {
        heartbeat beats(at(0s), phase);
        CHECK(beats.next_due() == start + phase);
        CHECK_FALSE(beats.on_due(rhythm, at(phase - 1ns)).ping);
        for (int n = 0; n < 5; ++n) {
            const duration due = phase + n * 25s;
            CHECK_FALSE(beats.on_due(rhythm, at(due - 1ns)).ping);
            CHECK(beats.on_due(rhythm, at(due)).ping);
            CHECK_FALSE(beats.on_due(rhythm, at(due)).ping); // done
        }
    }
}

TEST_CASE("a ping that goes out a little late does not move those that follow") {
    heartbeat beats(at(0s), 10s);
    CHECK(beats.on_due(rhythm, at(10s + 99ms)).ping);
    CHECK_FALSE(beats.on_due(rhythm, at(35s - 1ns)).ping);
    CHECK(beats.on_due(rhythm, at(35s + 80ms)).ping);
    CHECK(beats.on_due(rhythm, at(60s)).ping);
}

TEST_CASE("pings go out whatever traffic there is") {
    heartbeat beats(at(0s), 10s);
    int pings = 0;
    for (duration t = 0s; t <= 100s; t += 100ms) {
        if (beats.on_due(rhythm, at(t)).ping)
            ++pings;
    }
    CHECK(pings == 4); // at 10, 35, 60 and 85 s
}

TEST_CASE("a pong with the nonce of the last ping gives the round trip") {
    heartbeat beats(at(0s), 10s);
    CHECK_FALSE(beats.last_round_trip());
    beats.on_ping_sent(0xABCD, at(10s));
    CHECK(beats.on_pong(0xABCD, at(10s + 42ms)) == duration(42ms));
    CHECK(beats.last_round_trip() == duration(42ms));
}

TEST_CASE("a round trip of no time at all is one") {
    heartbeat beats(at(0s), 10s);
    beats.on_ping_sent(0, at(10s));
    CHECK(beats.on_pong(0, at(10s)) == duration(0));
    CHECK(beats.last_round_trip() == duration(0));
}

TEST_CASE("pongs without a ping, of an older ping or for a second time give no round trip") {
    heartbeat beats(at(0s), 10s);
    CHECK_FALSE(beats.on_pong(0, at(5s)));
    beats.on_ping_sent(1, at(10s));
    beats.on_ping_sent(2, at(35s));
    CHECK_FALSE(beats.on_pong(1, at(36s)));
    CHECK_FALSE(beats.last_round_trip());
    CHECK(beats.on_pong(2, at(37s)) == duration(2s));
    CHECK_FALSE(beats.on_pong(2, at(38s)));
    CHECK(beats.last_round_trip() == duration(2s));
}

TEST_CASE("a heartbeat by text sends no pings") {
    constexpr heartbeat_rhythm by_text{25s, 45s, heartbeat_method::text};
    heartbeat beats(at(0s), 10s);
    const auto beat = beats.on_due(by_text, at(10s));
    CHECK(beat.text);
    CHECK_FALSE(beat.ping);
    CHECK_FALSE(beats.on_due(by_text, at(20s)).text);
    CHECK(beats.on_due(by_text, at(35s)).text);
}

TEST_CASE("a heartbeat by ping sends no text, even if no pong ever comes") {
    heartbeat beats(at(0s), 10s);
    for (int n = 0; n < 4; ++n) {
        const auto beat = beats.on_due(rhythm, at(10s + n * 25s));
        CHECK(beat.ping);
        CHECK_FALSE(beat.text);
        beats.on_ping_sent(static_cast<std::uint64_t>(n), at(10s + n * 25s));
    }
}

constexpr heartbeat_rhythm ping_then_text{25s, 120s, heartbeat_method::ping_then_text};

TEST_CASE("the text is added once a ping went unanswered for one interval") {
    heartbeat beats(at(0s), 10s);
    auto beat = beats.on_due(ping_then_text, at(10s + 90ms));
    CHECK(beat.ping);
    CHECK_FALSE(beat.text);
    beats.on_ping_sent(1, at(10s + 90ms));
    beat = beats.on_due(ping_then_text, at(35s));
    CHECK(beat.ping);
    CHECK(beat.text);
}

TEST_CASE("a client that pongs again gets no more text") {
    heartbeat beats(at(0s), 10s);
    (void)beats.on_due(ping_then_text, at(10s));
    beats.on_ping_sent(1, at(10s));
    CHECK(beats.on_due(ping_then_text, at(35s)).text);
    beats.on_ping_sent(2, at(35s));
    (void)beats.on_pong(2, at(35s + 50ms));
    const auto beat = beats.on_due(ping_then_text, at(60s));
    CHECK(beat.ping);
    CHECK_FALSE(beat.text);
}

TEST_CASE("an application is always pinged natively, with its route's interval and timeout") {
    heartbeat_settings settings;
    settings.interval = milliseconds(10s);
    settings.timeout = milliseconds(20s);
    settings.method = heartbeat_method::text;
    CHECK(client_rhythm(settings).method == heartbeat_method::text);
    const heartbeat_rhythm app = app_rhythm(settings);
    CHECK(app.interval == duration(10s));
    CHECK(app.timeout == duration(20s));
    CHECK(app.method == heartbeat_method::ping);
}

TEST_CASE("a route reads its client's text if it sends text heartbeats or answers them") {
    heartbeat_settings settings;
    CHECK_FALSE(settings.reads_text());
    settings.answer = {{"ping", "pong"}};
    CHECK(settings.reads_text());
    settings.answer.clear();
    settings.method = heartbeat_method::text;
    CHECK(settings.reads_text());
    settings.method = heartbeat_method::ping_then_text;
    CHECK(settings.reads_text());
}

TEST_CASE("a new rhythm pings within the new interval") {
    constexpr heartbeat_rhythm faster{10s, 20s};
    heartbeat beats(at(0s), 25s);
    beats.on_new_rhythm(at(21s), 3s);
    CHECK(beats.next_due() == start + 24s);
    CHECK(beats.on_due(faster, at(24s)).ping);
    CHECK(beats.on_due(faster, at(34s)).ping);
}

TEST_CASE("a new rhythm does not put off a ping that is due before") {
    constexpr heartbeat_rhythm slower{60s, 100s};
    heartbeat beats(at(0s), 25s);
    beats.on_new_rhythm(at(24s), 50s);
    CHECK(beats.on_due(slower, at(25s)).ping);
    CHECK_FALSE(beats.on_due(slower, at(85s - 1ns)).ping);
    CHECK(beats.on_due(slower, at(85s)).ping);
}

} // namespace
} // namespace pulsegate
