// The last hour of a gateway, in intervals: how many connections lived, how many came and went. A
// ring, so that it costs the same after a year. Pure; owner: the control thread.
#pragma once

#include "metrics/snapshot.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pulsegate {

class history {
public:
    static constexpr std::chrono::seconds interval{5};
    static constexpr std::size_t most_points = 720; // an hour

    /// Adds an interval that ends with this snapshot and began with the one before, or with the
    /// start of the gateway. To be called about every `interval`.
    void add(const snapshot& now);

    [[nodiscard]] std::size_t size() const { return size_; }

    /// The answer to GET /history: arrays of equal length, oldest first.
    [[nodiscard]] boost::json::object to_json() const;

private:
    struct point {
        double time_seconds = 0; // since 1970 UTC; of the end
        std::uint64_t connections = 0;
        std::uint64_t opened = 0; // in this interval, like those below
        std::uint64_t closed = 0;
        std::uint64_t evictions = 0;
        std::uint64_t cuts = 0;
    };

    std::array<point, most_points> ring_;
    std::size_t next_ = 0; // in ring_
    std::size_t size_ = 0;
    point totals_; // since the start, as the last snapshot had them
};

} // namespace pulsegate
