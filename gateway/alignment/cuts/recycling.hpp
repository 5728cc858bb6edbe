// Finds the moment at which a proxy's worker was replaced: it ends all its connections at once, at
// whatever idle times and ages they have. Pure.
//
// Crowds have moments in common too, so a burst must be unlike anything else of its hour: ten
// losses or more within two seconds, half of them within a quarter of one (longer where the gateway
// itself takes longer to notice so many), ten times the rate of the four seconds on either side,
// four times the fullest other two seconds that are remembered; from five client addresses or more,
// none with more than a quarter (a test, an office); and with neither idle times nor ages in common
// (those have a limit in common instead). What the gateway had just sent to is left out: a message
// to all has every machine answer that has forgotten its connection. A proxy whose connections are
// never quiet for a second is therefore not caught at it.
//
// No rate of false alarms can be given, for crowds follow no distribution; a crowd of natural kinds
// raises none in tests/unit/cut_bursts_test.cpp.
#pragma once

#include "alignment/cuts/effort.hpp"
#include "alignment/cuts/loss.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pulsegate {

/// A burst is looked for until so long after it: what comes behind it is part of the evidence.
inline constexpr std::chrono::seconds burst_delay{6};

struct dated_loss {
    const loss* what;
    std::size_t which; // the caller's own number of the loss
};

struct burst {
    time_point begin{};
    time_point end{}; // of its last loss
    std::vector<std::size_t> members;
};

/// The fullest one of the last seconds; nothing if there is none.
/// \param all    sorted by time.
/// \param spent  n losses cost at most 300 n steps: of those windows that are full enough the
///               fullest 32 are looked at.
[[nodiscard]] std::optional<burst> find_burst(std::span<const dated_loss> all, time_point now,
                                              effort& spent);

} // namespace pulsegate
