// What is counted of a route's plain requests and event streams: plain numbers. Owner: the worker
// of the connections.
#pragma once

#include "base/histogram.hpp"
#include "http/stream_end.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pulsegate {

/// Classes of status codes, from `1xx` (never counted: no last answer) to `5xx`; the first element
/// is of requests that got no answer.
inline constexpr std::size_t status_class_count = 6;

struct http_counts {
    std::uint64_t live = 0; // begun and not ended; streams included
    std::array<std::uint64_t, status_class_count> ended{};
    std::uint64_t request_bytes = 0; // of bodies, without their framing
    std::uint64_t answer_bytes = 0;
    std::uint64_t dials = 0;   // connections made to the application for a plain request
    std::uint64_t reuses = 0;  // requests that took a connection that was there
    std::uint64_t retries = 0; // of these, sent again since it was just being closed
    histogram<answer_time_bounds.size()> to_head{answer_time_bounds};
    histogram<answer_time_bounds.size()> to_end{answer_time_bounds}; // without streams

    std::uint64_t streams = 0; // live
    std::uint64_t streams_opened = 0;
    std::array<std::uint64_t, stream_end_count> streams_ended{};
    std::uint64_t stream_heartbeats = 0;

    void on_ended(unsigned status) {
        --live;
        ++ended[status / 100 < status_class_count ? status / 100 : 0];
    }
};

} // namespace pulsegate
