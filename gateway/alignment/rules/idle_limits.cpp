// PG301 and PG302: an idle limit that the heartbeats do not keep away from.
#include "alignment/codes.hpp"
#include "alignment/rules/cures.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

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
    diagnostic what{is_cut ? hop_code::idle_cut : hop_code::idle_tight, of.name, {}, {}, ""};
    what.message += is_cut ? cut_text(idle, **worst) : " leaves little time for a late answer";
    what.primary = {idle.where, describe(idle)};
    for (const beat* const each : shared.beats)
        if (slack_under(idle, *each) < wanted_slack)
            explain(what, each->interval,
                    "pings leave every " + format_duration(each->settings.interval));
    what.help = idle_cure(of, idle, **worst);
    out.push_back(std::move(what));
}

} // namespace

void check_idle_limits(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::idle, in.beats))
            check(each, shared, out);
}

} // namespace pulsegate
