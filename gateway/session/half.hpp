// One direction of a session: the frames that come from one leg and go to the other one, and what
// the gateway itself puts into the gaps between them. Pure; owner: the session's worker.
#pragma once

#include "base/time.hpp"
#include "session/message_rate.hpp"
#include "session/session_orders.hpp"
#include "websocket/frame_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

/// Frames of the gateway's own that wait for a gap.
struct own_frames {
    /// Of a kind. Where a peer asks for more answers than fit before there is a gap, only the last
    /// is given; for pings RFC 6455 §5.5.3 allows that.
    static constexpr std::size_t most_queued = 4 * 1024;

    std::unique_ptr<std::string> pongs; // whole frames
    std::unique_ptr<std::string> texts; // whole frames: heartbeats, and answers to them
    bool ping = false;
    bool is_ping_late = false; // the peer could not be asked when it was due
    bool close = false;

    [[nodiscard]] bool any() const { return ping || close || pongs || texts; }
};

/// The limit of what a client may send, on a route that has one.
struct rate_state {
    message_rate rate;
    time_point paused_until{}; // real time
    bool holds_input = false;  // what was read when the pause began is kept
};

struct half {
    explicit half(const frame_scanner::rules& rules) : scanner(rules) {}

    /// Nothing may be put in before the frame in hand is finished.
    [[nodiscard]] bool has_gap() const { return scanner.is_between_frames(); }

    /// The end of what was read that has to be seen again with more behind it.
    [[nodiscard]] std::span<const std::uint8_t> kept() const {
        if (kept_ == nullptr)
            return {};
        return *kept_;
    }
    void keep(std::span<const std::uint8_t> rest) {
        if (!rest.empty())
            kept_ = std::make_unique<std::vector<std::uint8_t>>(rest.begin(), rest.end());
        else if (kept_ != nullptr)
            kept_.reset();
    }

    /// \param waits  as session_orders::write() says.
    void note_written(std::size_t waits) {
        is_broken = waits == session_orders::broken;
        waiting =
            is_broken ? 0 : static_cast<std::uint32_t>(std::min<std::size_t>(waits, UINT32_MAX));
    }

    frame_scanner scanner;
    own_frames own;
    std::uint64_t bytes = 0;    // forwarded
    std::uint64_t messages = 0; // forwarded
    time_point sent{};          // observed time of the last write
    std::uint32_t waiting = 0;  // bytes that the kernel did not take yet; a few reads at most
    bool is_closed = false;     // a Close was written: nothing may follow
    bool is_broken = false;     // nothing can be written any more

private:
    std::unique_ptr<std::vector<std::uint8_t>> kept_; // mostly nothing
};

} // namespace pulsegate
