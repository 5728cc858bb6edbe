#include "session/message_rate.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};

/// How many messages of this size pass from `at` on, until there is a wait.
std::uint64_t pass(message_rate& rate, const rate_settings& limits, time_point at,
                   std::uint64_t bytes = 10) {
    std::uint64_t passed = 0;
    for (; rate.wait(at) == duration::zero() && passed < 1'000'000; ++passed)
        rate.on_received(limits, 1, bytes, at);
    return passed;
}

TEST_CASE("without limits nobody waits") {
    message_rate rate;
    CHECK(!rate_settings{}.is_limited());
    CHECK(pass(rate, {}, start) == 1'000'000);
}

TEST_CASE("a burst of two seconds' worth passes, then as many a second as the limit says") {
    message_rate rate;
    const rate_settings limits{.messages = 100};
    CHECK(pass(rate, limits, start) == 200);
    CHECK(rate.wait(start) > 0s);
    CHECK(rate.wait(start) <= 10ms);
    CHECK(pass(rate, limits, start + 1s) == 100);
    CHECK(pass(rate, limits, start + 1s) == 0);
    CHECK(pass(rate, limits, start + 11s) == 200); // no more is saved up
}

TEST_CASE("bytes count as well, and the stricter limit holds") {
    message_rate rate;
    CHECK(pass(rate, {.messages = 100, .bytes = 500}, start) == 100); // of 10 bytes
    message_rate other;
    CHECK(pass(other, {.messages = 10, .bytes = 5'000}, start) == 20);
}

TEST_CASE("a large piece is paid for by the wait before the next one") {
    message_rate rate;
    const rate_settings limits{.bytes = 1'000};
    rate.on_received(limits, 0, 60'000, start);
    CHECK(rate.wait(start) > 57s);
    CHECK(rate.wait(start) < 59s);
    CHECK(rate.wait(start + 57s) > 0s);
    CHECK(rate.wait(start + 59s) == 0s);
}

TEST_CASE("the greatest limits and pieces do not overflow") {
    message_rate rate;
    rate.on_received({.messages = 1, .bytes = 1}, 65'536, 65'536, start);
    CHECK(rate.wait(start) > 65'000s);
    message_rate fast;
    fast.on_received({.messages = 1'000'000'000, .bytes = 1ull << 40}, 65'536, 65'536, start);
    CHECK(fast.wait(start) == 0s);
}

} // namespace
} // namespace pulsegate
