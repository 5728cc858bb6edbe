#include "session/heartbeat.hpp"

#include <doctest/doctest.h>

#include <vector>

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
        CHECK(beats.next_due(rhythm, at(0s)) == start + phase);
        CHECK_FALSE(beats.on_due(rhythm, at(phase - 1ns)).ping);
        for (int n = 0; n < 5; ++n) {
            const duration due = phase + n * 25s;
            beats.on_received(at(due - 1ns));
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
        beats.on_received(at(t));
        if (beats.on_due(rhythm, at(t)).ping)
            ++pings;
    }
    CHECK(pings == 4); // at 10, 35, 60 and 85 s
}

TEST_CASE("a peer is silent once it has sent nothing for the timeout, not a moment earlier") {
    heartbeat beats(at(0s), 10s);
    CHECK_FALSE(beats.on_due(rhythm, at(45s - 1ns)).silent);
    CHECK(beats.on_due(rhythm, at(45s)).silent);
    CHECK(beats.on_due(rhythm, at(46s)).silent); // and it stays so
}

TEST_CASE("any byte is a sign of life, and the timeout starts over with it") {
    heartbeat beats(at(0s), 10s);
    beats.on_received(at(44s));
    CHECK(beats.idle(at(50s)) == 6s);
    CHECK_FALSE(beats.on_due(rhythm, at(45s)).silent);
    CHECK_FALSE(beats.on_due(rhythm, at(89s - 1ns)).silent);
    CHECK(beats.on_due(rhythm, at(89s)).silent);
}

TEST_CASE("what the gateway sends is no sign of life of the peer") {
    heartbeat beats(at(0s), 10s);
    beats.on_ping_sent(1, at(10s));
    beats.on_ping_sent(2, at(35s));
    CHECK(beats.on_due(rhythm, at(45s)).silent);
}

TEST_CASE("a byte that waited in the socket is seen before a silent peer is evicted") {
    heartbeat beats(at(0s), 10s);
    CHECK(beats.on_due(rhythm, at(45s)).silent);
    beats.on_received(at(45s));
    CHECK_FALSE(beats.on_due(rhythm, at(45s)).silent);
}

TEST_CASE("on_due() may next have something to say at the ping or at the end of the timeout") {
    heartbeat beats(at(0s), 25s);
    CHECK(beats.next_due(rhythm, at(3s)) == start + 25s);
    (void)beats.on_due(rhythm, at(25s));
    CHECK(beats.next_due(rhythm, at(25s)) == start + 45s);
    beats.on_received(at(30s));
    CHECK(beats.next_due(rhythm, at(30s)) == start + 50s);
    // Past due: at once.
    CHECK(beats.next_due(rhythm, at(80s)) <= start + 80s);
}

TEST_CASE("who asks on_due() only at next_due() misses nothing") {
    heartbeat beats(at(0s), 20s);
    std::vector<duration> pings;
    duration now = 0s;
    for (;;) {
        now = beats.next_due(rhythm, at(now)) - start;
        const auto beat = beats.on_due(rhythm, at(now));
        if (beat.ping)
            pings.push_back(now);
        if (beat.silent)
            break;
        if (now == 45s)
            beats.on_received(at(now));
    }
    CHECK(pings == std::vector<duration>{20s, 45s});
    CHECK(now == 45s);
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
    beats.on_received(at(20s)); // alive, but no pong
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

TEST_CASE("a new rhythm gives the peer a whole new timeout and pings it within the new interval") {
    constexpr heartbeat_rhythm faster{10s, 20s};
    heartbeat beats(at(0s), 25s);
    beats.on_new_rhythm(rhythm, faster, at(21s), 3s); // silent for longer than the new timeout
    CHECK(beats.next_due(faster, at(21s)) == start + 24s);
    CHECK_FALSE(beats.on_due(faster, at(21s)).silent);
    CHECK(beats.on_due(faster, at(24s)).ping);
    CHECK(beats.on_due(faster, at(34s)).ping);
    CHECK_FALSE(beats.on_due(faster, at(41s - 1ns)).silent);
    CHECK(beats.on_due(faster, at(41s)).silent);
}

TEST_CASE("new rhythms one after the other do not put off the end of a silence") {
    constexpr heartbeat_rhythm other{20s, 40s};
    heartbeat beats(at(0s), 25s);
    for (int second = 1; second < 45; ++second) {
        const bool is_odd = second % 2 == 1;
        const moment now = at(std::chrono::seconds(second));
        CHECK_FALSE(beats.on_due(is_odd ? rhythm : other, now).silent);
        beats.on_new_rhythm(is_odd ? rhythm : other, is_odd ? other : rhythm, now, 20s);
    }
    CHECK(beats.on_due(rhythm, at(45s)).silent);
}

TEST_CASE("a new rhythm does not put off a ping that is due before") {
    constexpr heartbeat_rhythm slower{60s, 100s};
    heartbeat beats(at(0s), 25s);
    beats.on_new_rhythm(rhythm, slower, at(24s), 50s);
    CHECK(beats.on_due(slower, at(25s)).ping);
    CHECK_FALSE(beats.on_due(slower, at(85s - 1ns)).ping);
    CHECK(beats.on_due(slower, at(85s)).ping);
}

} // namespace
} // namespace pulsegate
