// PG313: a proxy that cuts all connections at once when it is reloaded.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

namespace pulsegate {

void check_reload_limits(const rule_input& in, findings& out) {
    const milliseconds window = in.loaded.values.drain.window;
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : shared_limits(each, limit_kind::reload, in.beats)) {
            const limit& reload = *shared.which;
            if (reload.value >= window)
                continue;
            diagnostic what{hop_code::reload_cut,
                            "a reload of " + each.name + " cuts all connections together",
                            {reload.where, describe(reload)},
                            {},
                            raise_text(each, reload, round_up(window))};
            const auto set = in.loaded.origins.find("drain.window");
            const std::string spread = "the gateway's own goodbyes take " + format_duration(window);
            if (set != in.loaded.origins.end())
                what.others.push_back({set->second.value, spread});
            else
                what.primary.text += "; " + spread + " by default";
            out.push_back(std::move(what));
        }
}

} // namespace pulsegate
