#include "session/observed_clock.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};

TEST_CASE("observed time goes with real time while the gateway runs") {
    observed_clock clock(start);
    moment now{};
    for (int i = 1; i <= 600; ++i)
        now = clock.advance(start + i * 100ms);
    CHECK(now.real == start + 60s);
    CHECK(now.observed == start + 60s);
}

TEST_CASE("a step of one second is observed whole, a longer one as one second") {
    observed_clock clock(start);
    CHECK(clock.advance(start + 1s).observed == start + 1s);
    CHECK(clock.advance(start + 2s + 1ns).observed == start + 2s);
}

TEST_CASE("a stall of a minute is one observed second, and time goes on from there") {
    observed_clock clock(start);
    const moment after = clock.advance(start + 60s);
    CHECK(after.real == start + 60s);
    CHECK(after.observed == start + 1s);
    CHECK(clock.advance(start + 60s + 250ms).observed == start + 1s + 250ms);
}

TEST_CASE("asking twice at the same time changes nothing") {
    observed_clock clock(start);
    (void)clock.advance(start + 500ms);
    CHECK(clock.advance(start + 500ms).observed == start + 500ms);
}

} // namespace
} // namespace pulsegate
