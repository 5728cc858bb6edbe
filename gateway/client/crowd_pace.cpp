#include "client/crowd_pace.hpp"

namespace pulsegate {

std::optional<std::chrono::seconds> crowd_pace::on_handshake(std::uint64_t per_second,
                                                             time_point now, double chance) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    if (!door_.take(per_second, now))
        return std::nullopt;
    const duration one =
        duration_cast<duration>(seconds(1)) / static_cast<duration::rep>(per_second);
    served_at_ = std::min(std::max(served_at_, now) + one, now + longest_wait);
    // Spread evenly over twice the time that serving them takes: half the rate stays free for those
    // who come first.
    const auto crowd = duration_cast<seconds>(2 * (served_at_ - now));
    const seconds longest = std::clamp(crowd, usual_wait, longest_wait);
    const auto spread = static_cast<double>((longest - shortest_wait).count() + 1);
    return shortest_wait + seconds(static_cast<seconds::rep>(spread * chance));
}

} // namespace pulsegate
