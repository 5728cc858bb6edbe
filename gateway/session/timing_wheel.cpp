#include "session/timing_wheel.hpp"

#include <algorithm>

namespace pulsegate {

void timing_wheel::arm(wheel_node& node, time_point due) {
    disarm(node);
    const duration after_start = std::max(due - start_, duration::zero());
    const auto tick = static_cast<std::uint64_t>((after_start + tick_ - duration(1)) / tick_);
    node.due_tick_ = std::max(tick, now_tick_ + 1);
    slots_[node.due_tick_ % slot_count].push_back(node);
}

void timing_wheel::disarm(wheel_node& node) {
    if (node.is_linked())
        node.unlink();
}

void timing_wheel::advance(time_point now) {
    const auto target = static_cast<std::uint64_t>((now - start_) / tick_);
    if (target <= now_tick_)
        return;
    // After a long stall every slot is looked at once, not once for each tick that was missed.
    const std::uint64_t turns = std::min(target - now_tick_, slot_count);
    const std::uint64_t first = now_tick_ + 1;
    now_tick_ = target;
    node_list due;
    for (std::uint64_t i = 0; i < turns; ++i) {
        node_list& slot = slots_[(first + i) % slot_count];
        for (auto node = slot.begin(); node != slot.end();) {
            wheel_node& candidate = *node++;
            if (candidate.due_tick_ <= target) {
                candidate.unlink();
                due.push_back(candidate);
            }
        }
    }
    while (!due.empty()) {
        wheel_node& node = due.front();
        node.unlink();
        node.on_due();
    }
}

} // namespace pulsegate
