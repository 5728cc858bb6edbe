// `limits.handshake_rate`: how a crowd that comes back at once, as after a restart of the proxy in
// front, is let in over time. Those who have to wait are sent away for a random time, so that they
// do not meet again; the more of them there are, the longer. Pure.
#pragma once

#include "base/token_bucket.hpp"

#include <optional>

namespace pulsegate {

class crowd_pace {
public:
    static constexpr std::chrono::seconds shortest_wait{1};
    static constexpr std::chrono::seconds usual_wait{10};    // the longest without a crowd
    static constexpr std::chrono::seconds longest_wait{120}; // whatever the crowd

    /// Nothing if the client may enter now; else how long it should stay away.
    /// \param per_second  > 0.
    /// \param chance      uniform in [0, 1).
    [[nodiscard]] std::optional<std::chrono::seconds> on_handshake(std::uint64_t per_second,
                                                                   time_point now, double chance);

private:
    token_bucket door_;
    time_point served_at_ = time_point::min(); // when those who wait could all have entered
};

} // namespace pulsegate
