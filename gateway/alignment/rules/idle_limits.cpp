// PG301 and PG302: an idle limit that the heartbeats do not keep away from.
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

using std::chrono::seconds;

milliseconds slack_under(const limit& idle, const beat& of) {
    return idle.value - quiet_time(idle, of.worst);
}

/// The longest interval in whole seconds with the wanted slack under a limit, else with any at all,
/// else nothing.
std::optional<milliseconds> longest_interval(const limit& idle, const beat& of) {
    const milliseconds around_it = quiet_time(idle, of.worst) - of.settings.interval;
    for (const milliseconds slack : {wanted_slack, milliseconds(1)}) {
        const milliseconds interval = std::chrono::floor<seconds>(idle.value - around_it - slack);
        if (interval >= seconds(1))
            return interval;
    }
    return std::nullopt;
}

/// With the timeout as well, if the old one would be too long for the new interval.
std::string interval_cure(const beat& of, milliseconds interval) {
    std::string cure = key_text(of, "interval", interval);
    if (of.settings.timeout > 4 * interval)
        cure += " and " + key_text(of, "timeout",
                                   std::max<milliseconds>(2 * interval, interval + seconds(8)));
    return cure;
}

std::string help(const hop& of, const limit& idle, const beat& worst) {
    const milliseconds enough = std::max(quiet_time(idle, worst.worst) + wanted_slack,
                                         worst.worst.eviction_end + milliseconds(1));
    std::string text = raise_text(of, idle, round_up(enough));
    if (const auto interval = longest_interval(idle, worst))
        text += (text.empty() ? "set " : ", or ") + interval_cure(worst, *interval);
    return text.empty() ? "have this proxy wait at least " + format_duration(round_up(enough))
                        : text;
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
    const bool is_before_ping = idle.value <= (*worst)->settings.interval;
    diagnostic what{is_cut ? code::idle_cut : code::idle_tight, of.name, {}, {}, ""};
    what.message += is_before_ping ? " cuts a quiet connection before the gateway pings it"
                    : is_cut       ? " cuts a quiet connection whose client answers a ping late"
                                   : " leaves little time for a late answer";
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
        for (const shared_limit& shared : shared_limits(each, limit_kind::idle, in.beats))
            check(each, shared, out);
}

} // namespace pulsegate
