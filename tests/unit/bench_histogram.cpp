// tests/bench/histogram.hpp against a sorted list.
#include "bench/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <memory>
#include <random>
#include <vector>

using pulsegate::bench::histogram;

TEST_CASE("an empty histogram has no values") {
    const auto empty = std::make_unique<histogram>();
    CHECK(empty->count() == 0);
    CHECK(empty->max() == 0);
    CHECK(empty->percentile(0.5) == 0);
}

TEST_CASE("small values are counted exactly") {
    const auto latency = std::make_unique<histogram>();
    for (std::uint64_t value = 1; value <= 200; ++value) {
        latency->record(value);
    }
    CHECK(latency->count() == 200);
    CHECK(latency->percentile(0) == 1);
    CHECK(latency->percentile(0.5) == 100);
    CHECK(latency->percentile(0.99) == 198);
    CHECK(latency->percentile(1) == 200);
}

TEST_CASE("one slow value among a thousand shows in the last percentile only") {
    const auto latency = std::make_unique<histogram>();
    for (int i = 0; i < 999; ++i) {
        latency->record(50);
    }
    latency->record(1'000'000'007);
    CHECK(latency->percentile(0.999) == 50);
    CHECK(latency->percentile(0.9991) == 1'000'000'007);
    CHECK(latency->max() == 1'000'000'007);
}

TEST_CASE("the smallest and the largest number have a bucket") {
    const auto latency = std::make_unique<histogram>();
    latency->record(0);
    latency->record(UINT64_MAX);
    CHECK(latency->percentile(0.5) == 0);
    CHECK(latency->percentile(1) == UINT64_MAX);
}

TEST_CASE("a percentile is never too low and at most one part in 128 too high") {
    for (const unsigned seed : {1u, 2u, 3u}) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        const auto latency = std::make_unique<histogram>();
        std::vector<std::uint64_t> values;
        for (int i = 0; i < 5000; ++i) {
            values.push_back(random() >> (random() % 64)); // all magnitudes alike
            latency->record(values.back());
        }
        std::sort(values.begin(), values.end());
        for (const double share : {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            CAPTURE(share);
            const auto rank = static_cast<std::size_t>(std::ceil(share * 5000)) - 1;
            const std::uint64_t exact = values[rank];
            const std::uint64_t told = latency->percentile(share);
            CHECK(told >= exact);
            CHECK(told - exact <= exact / 128);
        }
    }
}
