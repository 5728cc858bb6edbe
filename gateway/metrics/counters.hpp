// What one worker counts: plain numbers, no lock and no atomic. Owner: the worker's thread. A
// scrape asks each worker for a copy (a `post()` to it) and adds the copies up.
#pragma once

#include "base/histogram.hpp"
#include "http/http_counts.hpp"
#include "http/rejection.hpp"
#include "session/close_reason.hpp"
#include "session/relay_counts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>

namespace pulsegate {

struct route_counters {
    std::uint32_t number = 0; // of the route that is counted; 0: none
    std::uint64_t live = 0;   // opened - all closed
    std::uint64_t opened = 0;
    std::array<std::uint64_t, close_reason_count> closed{};
    std::array<std::uint64_t, rejection_count> rejected{}; // once the route was known
    std::array<std::uint64_t, app_error_count> app_errors{};
    relay_counts relay{};
    http_counts http{};
    histogram<short_time_bounds.size()> app_dial{short_time_bounds};

    [[nodiscard]] std::uint64_t closed_by(close_reason why) const {
        return closed[static_cast<std::size_t>(why)];
    }
    void on_rejected(rejection why) { ++rejected[static_cast<std::size_t>(why)]; }
    void on_app_error(app_error what) { ++app_errors[static_cast<std::size_t>(what)]; }
};

/// Adds figures, whatever their routes.
route_counters& operator+=(route_counters& total, const route_counters& part);

struct counters {
    /// Of a connection whose route is not known.
    void on_rejected(rejection why) { ++rejected[static_cast<std::size_t>(why)]; }

    /// From now on each place counts for the route with this number. What was counted there for
    /// another one goes to `former_routes`, so that no sum goes down.
    /// \param numbers  as many as there are places, or more: there are never fewer than before.
    void count_for(std::span<const std::uint32_t> numbers);

    // By place; see service_settings::places_of_counters. Places stay where they are when more are
    // added: sessions count there without looking for them.
    std::deque<route_counters> routes;
    route_counters former_routes; // of those that have no place any more, all together
    std::array<std::uint64_t, rejection_count> rejected{}; // before the route was known
    std::uint64_t accept_errors = 0;
    std::uint64_t handshakes_live = 0; // connections that are not yet sessions
    std::uint64_t idle_clients = 0;    // connections kept for the next plain request
    std::uint64_t losses_not_compared = 0;
    histogram<short_time_bounds.size()> event_loop_lag{short_time_bounds};
    histogram<hop_signature_bounds.size()> connection_duration{hop_signature_bounds};
    histogram<hop_signature_bounds.size()> idle_at_close{hop_signature_bounds};
};

/// Adds one worker's figures to a sum. Both have as many places; what one has for another route
/// than the sum goes to the sum's `former_routes`.
counters& operator+=(counters& total, const counters& part);

/// The figures of all routes together, the former ones included, and what was rejected before its
/// route was known.
[[nodiscard]] route_counters sum_of_routes(const counters& from);

/// As label values.
[[nodiscard]] std::string_view label_of(leg side);
[[nodiscard]] std::string_view label_of(direction way);

} // namespace pulsegate
