// What one worker counts: plain numbers, no lock and no atomic. Owner: the worker's thread. A
// scrape asks each worker for a copy (a `post()` to it) and adds the copies up.
#pragma once

#include "base/time.hpp"
#include "http/rejection.hpp"
#include "session/close_reason.hpp"
#include "session/leg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

enum class direction : std::uint8_t { client_to_app, app_to_client };
inline constexpr std::size_t direction_count = 2;

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

/// Durations and idle times: narrow buckets on both sides of the limits that proxies are known to
/// have (30, 55, 60, 100, 125, 240, 300, 350, 600, 3600, 7200, 14400, 86400 s), so that a cut
/// shows.
inline constexpr std::array<double, 30> hop_signature_bounds{
    1,   10,  29,  31,  45,  54,  56,   59,   61,   99,   101,  124,   127,   239,   241,
    299, 301, 349, 351, 599, 601, 1800, 3599, 3601, 7199, 7201, 14399, 14401, 86399, 86401};

struct route_counters {
    std::uint32_t number = 0; // of the route that is counted; 0: none
    std::uint64_t live = 0;   // opened - all closed
    std::uint64_t opened = 0;
    std::array<std::uint64_t, close_reason_count> closed{};

    [[nodiscard]] std::uint64_t closed_by(close_reason why) const {
        return closed[static_cast<std::size_t>(why)];
    }
};

/// Adds figures, whatever their routes.
route_counters& operator+=(route_counters& total, const route_counters& part);

struct counters {
    void on_rejected(rejection why) { ++rejected[static_cast<std::size_t>(why)]; }
    void on_app_error(app_error what) { ++app_errors[static_cast<std::size_t>(what)]; }

    /// From now on each place counts for the route with this number. What was counted there for
    /// another one goes to `former_routes`, so that no sum goes down.
    /// \param numbers  as many as there are places, or more: there are never fewer than before.
    void count_for(std::span<const std::uint32_t> numbers);

    std::vector<route_counters> routes; // by place; see service_settings::places_of_counters
    route_counters former_routes;       // of those that have no place any more, all together
    std::array<std::uint64_t, rejection_count> rejected{};
    std::array<std::uint64_t, app_error_count> app_errors{};
    std::array<std::uint64_t, leg_count> pings_sent{};
    std::array<std::uint64_t, leg_count> pongs_received{};
    std::array<std::uint64_t, direction_count> messages{};
    std::array<std::uint64_t, direction_count> bytes{}; // of frames forwarded, headers included
    std::uint64_t accept_errors = 0;
    std::uint64_t handshakes_live = 0; // connections that are not yet sessions
    std::uint64_t losses_not_compared = 0;
    std::uint64_t pending_bytes = 0; // waiting for a peer that takes no more, in all sessions
    histogram<short_time_bounds.size()> ping_rtt{short_time_bounds};
    histogram<short_time_bounds.size()> app_dial{short_time_bounds};
    histogram<short_time_bounds.size()> event_loop_lag{short_time_bounds};
    histogram<hop_signature_bounds.size()> connection_duration{hop_signature_bounds};
    histogram<hop_signature_bounds.size()> idle_at_close{hop_signature_bounds};
};

/// Adds one worker's figures to a sum. Both have as many places; what one has for another route
/// than the sum goes to the sum's `former_routes`.
counters& operator+=(counters& total, const counters& part);

/// The figures of all routes together, the former ones included.
[[nodiscard]] route_counters sum_of_routes(const counters& from);

/// As label values.
[[nodiscard]] std::string_view label_of(leg side);
[[nodiscard]] std::string_view label_of(direction way);

} // namespace pulsegate
