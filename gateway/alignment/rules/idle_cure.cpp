// What helps against an idle limit that is too short: another limit, or another heartbeat.
#include "alignment/rules/cures.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace pulsegate {
namespace {

using std::chrono::seconds;

struct pace {
    milliseconds interval;
    milliseconds timeout;
};

/// The old timeout if it goes with the interval and evicts before `longest`, else the best that
/// does.
milliseconds fitting_timeout(milliseconds old, milliseconds interval, milliseconds longest) {
    const milliseconds usual = std::max<milliseconds>(2 * interval, interval + seconds(8));
    const milliseconds least = std::max<milliseconds>(3 * interval / 2, interval + seconds(8));
    const milliseconds most = longest < least ? milliseconds::max() : longest;
    const bool is_fitting = old >= least && old <= std::min(most, std::max(4 * interval, usual));
    return is_fitting ? old : std::min(usual, most);
}

/// The slowest heartbeat in whole seconds with the wanted slack under a limit, else with any at
/// all, else nothing. It evicts before the limit if it can.
std::optional<pace> slowest_pace(const limit& idle, const beat& of) {
    const milliseconds around_interval = quiet_time(idle, of.worst) - of.settings.interval;
    const milliseconds around_timeout = of.worst.eviction_end - of.settings.timeout;
    const milliseconds longest =
        std::chrono::floor<seconds>(idle.value - around_timeout - milliseconds(1));
    for (const milliseconds slack : {wanted_slack, milliseconds(1)}) {
        milliseconds interval = std::chrono::floor<seconds>(idle.value - around_interval - slack);
        const milliseconds evicting = std::chrono::floor<seconds>(
            std::min<milliseconds>(longest * 2 / 3, longest - seconds(8)));
        if (evicting >= seconds(1))
            interval = std::min(interval, evicting);
        if (interval >= seconds(1))
            return pace{interval, fitting_timeout(of.settings.timeout, interval, longest)};
    }
    return std::nullopt;
}

std::string pace_text(const beat& of, const pace& cure) {
    if (cure.timeout == of.settings.timeout)
        return key_text(of, "interval", cure.interval);
    beat first = of;
    first.interval.is_own =
        of.interval.is_own && !of.timeout.is_own; // else the route is named twice
    return key_text(first, "interval", cure.interval) + " and " +
           key_text(of, "timeout", cure.timeout);
}

} // namespace

std::string idle_cure(const hop& of, const limit& idle, const beat& worst) {
    const milliseconds enough = std::max(quiet_time(idle, worst.worst) + wanted_slack,
                                         worst.worst.eviction_end + milliseconds(1));
    std::string text = raise_text(of, idle, round_up(enough));
    if (const auto cure = slowest_pace(idle, worst))
        text += (text.empty() ? "set " : ", or ") + pace_text(worst, *cure);
    return text.empty() ? "have this proxy wait at least " + format_duration(round_up(enough))
                        : text;
}

} // namespace pulsegate
