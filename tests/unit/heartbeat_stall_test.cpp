// What a heartbeat does when the gateway itself was stopped: pings follow real time, evictions the
// time that the gateway was able to see.
#include "session/heartbeat.hpp"
#include "session/observed_clock.hpp"
#include "session/progress.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};
constexpr heartbeat_rhythm rhythm{25s, 45s};

/// One leg's heartbeat on a worker that looks every 100 ms, except while it is stopped.
struct worker {
    explicit worker(duration phase) : beats({start, start}, phase), peer({start, start}) {}

    void run_until(duration end) {
        for (; elapsed < end; elapsed += 100ms)
            look();
    }

    void stop_for(duration pause) { elapsed += pause; }

    void look() {
        now = clock.advance(start + elapsed);
        const auto beat = beats.on_due(rhythm, now);
        if (beat.ping)
            pings.push_back(elapsed);
        if (now.observed >= peer.silent_at(rhythm.timeout) && !evicted)
            evicted = elapsed;
    }

    observed_clock clock{start};
    moment now{start, start};
    heartbeat beats;
    progress peer;
    duration elapsed{0};
    std::vector<duration> pings;
    std::optional<duration> evicted;
};

TEST_CASE("a silent client is evicted at the timeout if nothing stops the gateway") {
    worker one(10s);
    one.run_until(60s);
    CHECK(one.evicted == duration(45s));
    CHECK(one.pings == std::vector<duration>{10s, 35s});
}

TEST_CASE("nobody is evicted for a stall, however long") {
    for (const duration pause : {duration(44s), duration(46s), duration(10min), duration(24h)}) {
        worker one(10s);
        one.run_until(20s);
        one.peer.on_heard(one.now);
        one.stop_for(pause);
        one.look();
        CHECK_FALSE(one.evicted);
        CHECK(one.peer.idle(one.now) <= 1s + 100ms);
    }
}

TEST_CASE("a client that stays silent after a stall is evicted when the rest of its time is over") {
    worker one(10s);
    one.run_until(30s); // silent from the start
    one.stop_for(5min);
    one.run_until(10min);
    REQUIRE(one.evicted);
    // 30 s before the stall, one second of it, and what was missing to 45 s.
    CHECK(*one.evicted >= 30s + 5min + 13s);
    CHECK(*one.evicted <= 30s + 5min + 15s + 200ms);
}

TEST_CASE("many stalls of a second or less count as time, for the gateway saw them") {
    worker one(10s);
    for (int i = 0; i < 100 && !one.evicted; ++i) {
        one.stop_for(900ms);
        one.look();
    }
    CHECK(one.evicted == duration(45s));
}

TEST_CASE("after a stall one ping goes out at once, not all those that were missed") {
    worker one(10s);
    one.run_until(20s);
    one.stop_for(5min);
    one.look();
    CHECK(one.pings == std::vector<duration>{10s, 20s + 5min});
}

TEST_CASE("sessions that beat apart do not beat together after a stall") {
    worker one(10s);
    worker two(11s);
    for (worker* each : {&one, &two}) {
        each->run_until(20s);
        each->stop_for(5min);
        each->run_until(6min + 15s);
    }
    // Both at once when the gateway goes on, and then each in its own phase of 25 s again.
    CHECK(one.pings == std::vector<duration>{10s, 5min + 20s, 5min + 35s, 6min});
    CHECK(two.pings == std::vector<duration>{11s, 5min + 20s, 5min + 36s, 6min + 1s});
}

TEST_CASE("a ping that a stall delayed is given time for its answer before the text is added") {
    constexpr heartbeat_rhythm ping_then_text{25s, 120s, heartbeat_method::ping_then_text};
    heartbeat beats({start, start}, 10s);
    const auto text_at = [&](duration elapsed) {
        const moment now{start + elapsed, start + elapsed};
        const auto beat = beats.on_due(ping_then_text, now);
        CHECK(beat.ping);
        beats.on_ping_sent(1, now);
        return beat.text;
    };
    CHECK_FALSE(text_at(34s)); // due at 10 s
    CHECK_FALSE(text_at(35s)); // one second is no interval
    CHECK(text_at(60s + 90ms));
    CHECK(text_at(85s)); // 90 ms short of an interval, since the last beat was late by a tick
}

} // namespace
} // namespace pulsegate
