// Two readings of time. Real time says when to act; observed time says how long the gateway itself
// was able to see. A process that was stopped for a minute (SIGSTOP, a paused machine, no CPU) saw
// nothing in that minute, so nobody is evicted for it: one step of observed time is at most one
// second. Pure; one per worker.
#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace pulsegate {

/// What a driver takes once at the head of a handler and passes to every policy.
struct moment {
    time_point real;
    time_point observed; // advances with real time, but not through stalls
};

class observed_clock {
public:
    static constexpr duration longest_step = std::chrono::seconds(1);

    explicit observed_clock(time_point now) : last_{now, now} {}

    /// \param now  real time; never earlier than the last one given.
    moment advance(time_point now) {
        last_.observed += std::min<duration>(now - last_.real, longest_step);
        last_.real = now;
        return last_;
    }

private:
    moment last_;
};

} // namespace pulsegate
