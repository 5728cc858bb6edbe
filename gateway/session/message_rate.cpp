#include "session/message_rate.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// \param limit  each second; 0: none.
void spend(time_point& full_at, std::uint64_t count, std::uint64_t limit, time_point now) {
    if (limit == 0)
        return;
    const auto second = std::chrono::duration_cast<duration>(std::chrono::seconds(1));
    full_at = std::max(full_at, now) +
              second * static_cast<duration::rep>(count) / static_cast<duration::rep>(limit);
}

} // namespace

void message_rate::on_received(const rate_settings& limits, std::uint64_t messages,
                               std::uint64_t bytes, time_point now) {
    spend(messages_full_at_, messages, limits.messages, now);
    spend(bytes_full_at_, bytes, limits.bytes, now);
}

duration message_rate::wait(time_point now) const {
    const time_point full_at = std::max(messages_full_at_, bytes_full_at_);
    if (full_at < now + burst)
        return duration::zero();
    return full_at - burst - now + duration(1);
}

} // namespace pulsegate
