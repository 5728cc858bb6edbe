// What was found out about cuts: whom they look like, how many there were, and the sentence for
// people. Values.
#pragma once

#include "alignment/cuts/mark.hpp"
#include "alignment/cuts/suspects.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pulsegate {

struct cut_finding {
    /// Losses whose mark lies in here belong to it.
    struct window {
        mark by;
        duration low{0};
        duration high{0};

        [[nodiscard]] bool holds(const loss& one) const;
        [[nodiscard]] duration margin() const;
    };

    std::uint32_t id = 0; // from 1
    suspect who;
    std::vector<window> windows = {}; // empty: a worker that was recycled
    duration figure{0};               // that they have in common; of a burst, how long it took
    std::uint64_t cuts = 0;
    std::uint64_t burst_cuts = 0; // of the last burst
    time_point first{};
    time_point last{};
    bool is_active = true; // its cuts go on, as far as is known

    [[nodiscard]] bool is_burst() const { return windows.empty(); }
    [[nodiscard]] bool holds(const loss& one) const;
};

/// `idle 60.0 s, 7 times in 12 min: looks like nginx proxy_read_timeout (declared …)`
[[nodiscard]] std::string text_of(const cut_finding& found);

/// Whom a cluster is blamed on that no suspect explains, and what to do about it.
[[nodiscard]] suspect undeclared_suspect(limit_kind kind, duration figure);

/// Whom a burst is blamed on.
[[nodiscard]] suspect suspect_of(const recycler& who);

} // namespace pulsegate
