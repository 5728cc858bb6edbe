// How often something may happen: so many times a second, twice as many at once. The bucket is kept
// as the time at which it is full again, so that idle ones need no upkeep. Pure.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace pulsegate {

class token_bucket {
public:
    /// How many seconds' worth of tokens a full bucket holds.
    static constexpr int burst_seconds = 2;

    /// Takes a token. Nothing if there was one; else the time until there is, and none was taken.
    /// \param per_second  > 0; it may differ from call to call.
    [[nodiscard]] std::optional<duration> take(std::uint64_t per_second, time_point now) {
        const duration one = std::chrono::duration_cast<duration>(std::chrono::seconds(1)) /
                             static_cast<duration::rep>(per_second);
        const time_point full_again = std::max(full_at_, now) + one;
        const duration missing = full_again - now - std::chrono::seconds(burst_seconds);
        if (missing > duration::zero())
            return missing;
        full_at_ = full_again;
        return std::nullopt;
    }

    /// A full bucket is like a new one, and need not be remembered.
    [[nodiscard]] bool is_full(time_point now) const { return full_at_ <= now; }

private:
    time_point full_at_ = time_point::min();
};

} // namespace pulsegate
