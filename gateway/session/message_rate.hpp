// How much a client may send: so many messages and bytes a second, with bursts of what is allowed
// in two seconds. Pure; owner: the session's worker.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace pulsegate {

/// What happens to a client that sends more.
enum class rate_action : std::uint8_t {
    pause, // nothing is read from it until it may send again: TCP slows it down
    close, // 1008
};

/// What a route says of it; 0: no limit.
struct rate_settings {
    std::uint64_t messages = 0; // each second; pings count as well
    std::uint64_t bytes = 0;    // each second, frame headers included
    rate_action action = rate_action::pause;

    [[nodiscard]] bool is_limited() const { return messages != 0 || bytes != 0; }

    friend bool operator==(const rate_settings&, const rate_settings&) = default;
};

/// Two token buckets, each kept as the time at which it is full again. They may be overdrawn by
/// what came in one piece; the next piece waits for as long as that takes.
class message_rate {
public:
    static constexpr duration burst = std::chrono::seconds(2);

    /// Counts what the client has sent.
    void on_received(const rate_settings& limits, std::uint64_t messages, std::uint64_t bytes,
                     time_point now);

    /// How long the client has to wait before more is taken from it; zero: it need not.
    [[nodiscard]] duration wait(time_point now) const;

private:
    time_point messages_full_at_ = time_point::min();
    time_point bytes_full_at_ = time_point::min();
};

} // namespace pulsegate
