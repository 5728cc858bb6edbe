// PG301 and PG302: an idle limit that the heartbeats do not keep away from.
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>

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

std::string help(const hop& of, const limit& idle, const beat& worst) {
    const milliseconds enough = std::max(quiet_time(idle, worst.worst) + wanted_slack,
                                         worst.worst.eviction_end + milliseconds(1));
    std::string text = raise_text(of, idle, round_up(enough));
    if (const auto cure = slowest_pace(idle, worst))
        text += (text.empty() ? "set " : ", or ") + pace_text(worst, *cure);
    return text.empty() ? "have this proxy wait at least " + format_duration(round_up(enough))
                        : text;
}

std::string cut_text(const limit& idle, const beat& of) {
    if (idle.value <= of.settings.interval)
        return " cuts a quiet connection before the gateway pings it";
    return idle.resets == idle_reset::to_gateway
               ? " cuts a quiet connection whose client answers a ping late"
               : " cuts a quiet connection when a ping comes late";
}

void check(const hop& of, const shared_limit& shared, findings& out) {
    const limit& idle = *shared.which;
    const auto worst = std::min_element(shared.beats.begin(), shared.beats.end(),
                                        [&](const beat* a, const beat* b) {
                                            return slack_under(idle, *a) < slack_under(idle, *b);
                                        });
    if (worst == shared.beats.end() || slack_under(idle, **worst) >= wanted_slack)
        return;
    const bool is_cut = slack_under(idle, **worst) <= milliseconds(0);
    diagnostic what{is_cut ? code::idle_cut : code::idle_tight, of.name, {}, {}, ""};
    what.message += is_cut ? cut_text(idle, **worst) : " leaves little time for a late answer";
    what.primary = {idle.where, describe(idle)};
    for (const beat* const each : shared.beats)
        if (slack_under(idle, *each) < wanted_slack)
            explain(what, each->interval,
                    "pings leave every " + format_duration(each->settings.interval));
    what.help = help(of, idle, **worst);
    out.push_back(std::move(what));
}

} // namespace

void check_idle_limits(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::idle, in.beats))
            check(each, shared, out);
}

} // namespace pulsegate
