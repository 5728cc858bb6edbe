// What the sessions of a route count on a worker while they relay: plain numbers, no lock and no
// atomic. Owner: the worker.
#pragma once

#include "base/histogram.hpp"
#include "session/leg.hpp"

#include <array>
#include <cstdint>

namespace pulsegate {

struct relay_counts {
    std::array<std::uint64_t, leg_count> pings_sent{};     // text heartbeats too
    std::array<std::uint64_t, leg_count> pongs_received{}; // answers to them
    std::array<std::uint64_t, direction_count> messages{};
    std::array<std::uint64_t, direction_count> bytes{}; // of frames forwarded, headers included
    std::uint64_t pending_bytes = 0; // waiting for a peer that takes no more, in all sessions
    histogram<short_time_bounds.size()> ping_rtt{short_time_bounds};
};

} // namespace pulsegate
