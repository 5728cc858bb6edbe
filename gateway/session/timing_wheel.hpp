// A hashed timing wheel: arming, moving and disarming a deadline are a few pointer writes, whatever
// the number of sessions. Deadlines are kept to the tick, never early, and at most one tick late
// (plus the lateness of the caller). Nodes live in what they wake; destroying one disarms it. Pure;
// owner: one worker.
#pragma once

#include "base/time.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>

namespace pulsegate {

/// How exact the deadlines of sessions are.
inline constexpr milliseconds wheel_tick{100};

/// Something with a deadline. At most one deadline at a time.
class wheel_node : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// Called by timing_wheel::advance with the node already disarmed. May arm, disarm or destroy
    /// any node, this one included.
    virtual void on_due() = 0;

protected:
    wheel_node() = default;
    wheel_node(const wheel_node&) = delete;
    wheel_node& operator=(const wheel_node&) = delete;
    ~wheel_node() = default;

private:
    friend class timing_wheel;
    std::uint64_t due_tick_ = 0;
};

class timing_wheel {
public:
    timing_wheel(time_point start, duration tick) : start_(start), tick_(tick) {}

    /// Sets the node's deadline, in place of the one it had. A deadline that has passed is due at
    /// the next tick.
    void arm(wheel_node& node, time_point due);

    /// Takes the node's deadline away, if it has one.
    static void disarm(wheel_node& node);

    [[nodiscard]] static bool is_armed(const wheel_node& node) { return node.is_linked(); }

    /// Wakes every node whose deadline is at or before `now`.
    void advance(time_point now);

    [[nodiscard]] duration tick() const { return tick_; }

private:
    using node_list =
        boost::intrusive::list<wheel_node, boost::intrusive::constant_time_size<false>>;
    // One turn is 102.4 s at a tick of 100 ms: nearly every heartbeat falls into the current turn.
    static constexpr std::uint64_t slot_count = 1024;

    const time_point start_;     // Constant after construction.
    const duration tick_;        // Constant after construction.
    std::uint64_t now_tick_ = 0; // the last tick whose nodes were woken
    std::array<node_list, slot_count> slots_;
};

} // namespace pulsegate
