#include "session/progress.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};
constexpr std::uint64_t rate = 64 * 1024;

moment at(duration since_start) {
    return {start + since_start, start + since_start};
}

TEST_CASE("a peer is silent once nothing was heard of it for the timeout") {
    progress peer(at(0s));
    CHECK(peer.silent_at(45s) == start + 45s);
    peer.on_heard(at(44s));
    CHECK(peer.idle(at(50s)) == 6s);
    CHECK(peer.silent_at(45s) == start + 89s);
}

TEST_CASE("what was acknowledged and not known to be read is allowed for at the slowest rate") {
    progress peer(at(0s));
    CHECK(peer.reading_time(0, 0, rate) == 0s);
    CHECK(peer.reading_time(10 * rate, 0, rate) == 10s);
    CHECK(peer.reading_time(10 * rate, 4 * rate, rate) == 6s); // the rest is nobody's yet
    CHECK(peer.reading_time(10 * rate, 11 * rate, rate) == 0s);
    // No proxy holds more than so much.
    CHECK(peer.reading_time(1ull << 40, 0, rate) == 256s);
}

TEST_CASE("an answered ping says that all that went before it was read, other bytes say nothing") {
    progress peer(at(0s));
    peer.on_asked(5 * rate);
    peer.on_heard(at(1s));
    CHECK(peer.reading_time(9 * rate, 0, rate) == 9s);
    peer.on_answered();
    CHECK(peer.reading_time(9 * rate, 0, rate) == 4s);
}

TEST_CASE("bytes that are found unread were sent when they came") {
    progress peer(at(0s));
    peer.on_found_unread(at(50s), 20s);
    CHECK(peer.silent_at(45s) == start + 75s);
    peer.on_found_unread(at(60s), 59s); // older than what is known
    CHECK(peer.silent_at(45s) == start + 75s);
}

TEST_CASE("a new timeout gives the peer a whole one, unless the old one would have ended before") {
    progress peer(at(0s));
    peer.on_new_timeout(start + 45s, 20s, at(21s));
    CHECK(peer.silent_at(20s) == start + 41s);
    // One after the other they do not put off the end of a silence.
    for (int second = 22; second < 41; ++second)
        peer.on_new_timeout(peer.silent_at(20s), 20s, at(std::chrono::seconds(second)));
    CHECK(peer.silent_at(20s) == start + 41s);
}

TEST_CASE("a peer stalls when nothing of what waits is acknowledged, from the last byte that was") {
    progress peer(at(0s));
    peer.on_waiting(at(1s));
    CHECK(peer.stalled_at(30s) == start + 31s);
    peer.on_look({.acked = 500, .waiting = 100}, at(5s)); // nothing to compare with yet
    CHECK(peer.stalled_at(30s) == start + 31s);
    peer.on_look({.acked = 501, .waiting = 100}, at(9s));
    CHECK(peer.stalled_at(30s) == start + 39s);
    peer.on_look({.acked = 501, .waiting = 100}, at(13s));
    CHECK(peer.stalled_at(30s) == start + 39s);
    peer.on_taken(at(20s));
    CHECK(peer.stalled_at(30s) == start + 50s);
}

TEST_CASE("what was acknowledged before anything waited is no sign of life") {
    progress peer(at(0s));
    peer.on_look({.acked = 500}, at(1s));
    peer.on_waiting(at(2s));
    peer.on_look({.acked = 900, .waiting = 10}, at(5s));
    CHECK(peer.stalled_at(30s) == start + 32s);
}

TEST_CASE("a peer is taking only while something waits") {
    progress peer(at(0s));
    CHECK_FALSE(peer.is_taking(at(0s), 30s));
    peer.on_waiting(at(1s));
    peer.on_taken(at(2s));
    CHECK(peer.is_taking(at(31s), 30s));
    CHECK_FALSE(peer.is_taking(at(33s), 30s));
    peer.on_nothing_waits();
    CHECK_FALSE(peer.is_taking(at(3s), 30s));
    peer.on_look({.acked = 10, .waiting = 20, .unsent = 0}, at(3s)); // on its way
    CHECK_FALSE(peer.is_taking(at(3s), 30s));
    peer.on_look({.acked = 11, .waiting = 20, .unsent = 5}, at(4s));
    CHECK(peer.is_taking(at(5s), 30s));
}

TEST_CASE("TCP is asked every few seconds, and more often where peers have less time") {
    CHECK(progress::look_step(30s) == 3'750ms);
    CHECK(progress::look_step(1h) == 5s);
    CHECK(progress::look_step(200ms) == 100ms);
}

} // namespace
} // namespace pulsegate
