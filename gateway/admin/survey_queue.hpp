// One question to all sessions at a time, whoever asks: what clients of the admin listener cost the
// workers does not grow with their number. Owner: the control thread.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <deque>
#include <functional>

namespace pulsegate {

class survey_queue {
public:
    /// How many may wait behind the one that is under way.
    static constexpr std::size_t most_waiting = 16;

    /// Who has waited for longer has been told so by the listener (admin_limits::answer).
    static constexpr milliseconds longest_wait{10'000};

    /// Runs `begin` at once, or when those before have finished; not at all if that takes longer
    /// than `longest_wait`. It gets what to call, once, when it has finished itself.
    /// \return false if too many wait already.
    [[nodiscard]] bool enter(std::function<void(std::function<void()> finished)> begin);

private:
    struct entry {
        time_point since;
        std::function<void(std::function<void()>)> begin;
    };

    void run_next();

    std::deque<entry> waiting_;
    bool is_busy_ = false;
};

} // namespace pulsegate
