// Histograms as plain numbers, and the bounds that they are kept in. Owner: whoever counts.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pulsegate {

/// Counts per bucket, with fixed upper bounds in seconds; the last bucket is +Inf.
template <std::size_t BoundCount>
struct histogram {
    const std::array<double, BoundCount>* bounds;
    std::array<std::uint64_t, BoundCount + 1> counts{};
    double sum = 0;

    explicit histogram(const std::array<double, BoundCount>& upper_bounds)
        : bounds(&upper_bounds) {}

    void observe(duration value) {
        const double seconds = std::chrono::duration<double>(value).count();
        const auto bucket = std::lower_bound(bounds->begin(), bounds->end(), seconds);
        ++counts[static_cast<std::size_t>(bucket - bounds->begin())];
        sum += seconds;
    }

    void add(const histogram& other) {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] += other.counts[i];
        sum += other.sum;
    }
};

/// Round trips, dials and loop lag: a tenth of a millisecond to ten seconds.
inline constexpr std::array<double, 15> short_time_bounds{
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

/// Answers to plain requests: a millisecond to the ten minutes of a slow model.
inline constexpr std::array<double, 15> answer_time_bounds{
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60, 125, 600};

/// Durations and idle times: narrow buckets on both sides of the limits that proxies are known to
/// have (30, 55, 60, 100, 125, 240, 300, 350, 600, 3600, 7200, 14400, 86400 s), so that a cut
/// shows.
inline constexpr std::array<double, 30> hop_signature_bounds{
    1,   10,  29,  31,  45,  54,  56,   59,   61,   99,   101,  124,   127,   239,   241,
    299, 301, 349, 351, 599, 601, 1800, 3599, 3601, 7199, 7201, 14399, 14401, 86399, 86401};

} // namespace pulsegate
