// Finds losses that share a figure: more of them in a narrow window than their neighbourhood
// explains. Pure.
//
// The test. A window is 10, 50 or 250 ms wide: real proxies cut that exactly (CLUSTER_ACCURACY in
// tests/system/test_cut_attribution.py). The n occasions in it are compared with the fuller one of
// its two neighbourhoods, each at least 2 s or a tenth of the figure long, with b losses: were all
// spread evenly, each would fall into the window with the chance window / (window +
// neighbourhood), and n or more of the n + b would with a probability p (binomial; exact, no rate
// is estimated). The fuller side counts, so that no slope and no edge looks like a heap.
//
//   - p must be below the search's budget, divided by the number of windows that a memory's
//     worth of losses is tried in: marks x widths x losses in the region x losses in the window.
//   - Where no limit is known of, a natural heap of losses must not be taken for one: a window
//     counts as four times as wide there, as if it had been laid onto the top of a heap.
//   - The window must hold as much as the fuller one of its nearest neighbourhoods that are four
//     times as wide: a natural heap is wider than that, however many losses there are.
//   - There must be five occasions. Losses within half a second of one another are one occasion: a
//     crowd that has a moment in common has also the time since that moment in common.
//
// False alarms of independent losses, for each memory's worth of them (an hour, or 2048 losses): by
// the first rule, at most 1e-5 for each declared limit around which they lie evenly, and 1e-6 for
// all that is not declared, if their heaps are half a second wide or more. At up to 2048 losses in
// an hour that is one in ten years for each limit. tests/unit/cut_false_alarms_test.cpp feeds
// losses of the kinds that nature makes; PULSEGATE_TEST_SEED varies them.
#pragma once

#include "alignment/cuts/effort.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pulsegate {

/// What a cluster must be made of, at least.
inline constexpr std::size_t least_occasions = 5;

/// Losses closer to each other may have one cause.
inline constexpr milliseconds occasion_gap{500};

struct sighting {
    duration value{0};
    time_point when{};
    std::uint32_t client = 0;
    std::size_t which = 0; // the caller's own number of the loss
    bool is_new = false;   // since the last search: only windows with such a one are tried
};

/// Where to look, and what to ask for.
struct cluster_search {
    duration from;
    duration to;
    double budget = 1e-5;          // of false alarms, for each memory's worth of losses
    double unevenness = 1;         // how much fuller than its neighbourhood a window may be anyway
    std::size_t least_clients = 1; // by address
};

struct cluster {
    duration low{0};
    duration high{0};
    std::vector<std::size_t> members; // sighting::which
};

/// The most improbable cluster; nothing if there is none.
/// \param all    sorted by value; also what lies around the region, for comparison.
/// \param spent  n sightings cost at most 150 n + 2 n log n steps, wherever they lie: windows slide
///               along them, and 64 are looked at closely.
[[nodiscard]] std::optional<cluster> find_cluster(std::span<const sighting> all,
                                                  const cluster_search& where, effort& spent);

/// True if it is between `low` and `high` at least twice as full as in the nearest neighbourhoods:
/// what was once a cluster may still be one.
/// \param all     in any order; what lies in between does not matter.
/// \param inside  how many do.
[[nodiscard]] bool still_stands_out(std::span<const sighting> all, duration low, duration high,
                                    std::size_t inside);

} // namespace pulsegate
