// PG303: a proxy that gives a dying client up before the gateway does.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

using std::chrono::seconds;

/// True if the eviction may come too late, and the limit does not cut healthy connections anyway.
bool is_late(const limit& idle, const beat& of) {
    return of.worst.eviction_end >= idle.value && slack_under(idle, of) > milliseconds(0);
}

std::string help(const hop& of, const limit& idle, const beat& worst) {
    std::string text = raise_text(of, idle, round_up(worst.worst.eviction_end + milliseconds(1)));
    const milliseconds around_it = worst.worst.eviction_end - worst.settings.timeout;
    const milliseconds timeout =
        std::chrono::floor<seconds>(idle.value - around_it - milliseconds(1));
    if (2 * timeout >= 3 * worst.settings.interval)
        text += (text.empty() ? "set " : ", or ") + key_text(worst, "timeout", timeout);
    return text;
}

void check(const hop& of, const shared_limit& shared, findings& out) {
    const limit& idle = *shared.which;
    diagnostic what{hop_code::late_eviction,
                    of.name + " may cut a dead client before the gateway evicts it",
                    {idle.where, describe(idle)},
                    {},
                    ""};
    const beat* worst = nullptr;
    for (const beat* const each : shared.beats) {
        if (!is_late(idle, *each))
            continue;
        explain(what, each->timeout,
                "evicts after " + format_duration(each->settings.timeout) + " of silence");
        if (worst == nullptr || worst->worst.eviction_end < each->worst.eviction_end)
            worst = each;
    }
    if (worst == nullptr)
        return;
    what.help = help(of, idle, *worst);
    out.push_back(std::move(what));
}

} // namespace

void check_evictions(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::idle, in.beats))
            check(each, shared, out);
}

} // namespace pulsegate
