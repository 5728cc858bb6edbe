// PG304 and PG305: a proxy that ends every connection at some age. No ping helps against that; the
// gateway can only end sessions before, in an orderly way.
#include "alignment/cadence.hpp"
#include "alignment/codes.hpp"
#include "alignment/rules/cures.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <chrono>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds shortest_useful_life = 60s;

/// Well below the limit, in whole minutes if it is that long.
milliseconds fitting_age(milliseconds life, milliseconds drain_window) {
    const milliseconds most = life - oldest_session(0ms, drain_window);
    const milliseconds age = most * 9 / 10;
    return age >= 1min ? std::chrono::floor<std::chrono::minutes>(age)
                       : std::chrono::floor<std::chrono::seconds>(age);
}

} // namespace

std::string life_cure(const hop& of, const limit& life, const configuration& values) {
    if (life.value <= shortest_useful_life) {
        const std::string raised = raise_text(of, life, 1h);
        return raised.empty() ? "give this proxy a lifetime of at least an hour" : raised;
    }
    const milliseconds age = fitting_age(life.value, values.drain.window);
    if (age > 0s)
        return "set `limits.session_age: " + format_duration(age) + '`';
    return "set `drain.window: 10s` and `limits.session_age: " +
           format_duration(fitting_age(life.value, 10s)) + '`';
}

namespace {

void check(const hop& of, const limit& life, const load_result& loaded, findings& out) {
    const milliseconds age = loaded.values.limits.session_age;
    const milliseconds planned_end = oldest_session(age, loaded.values.drain.window);
    const bool is_hopeless = life.value <= shortest_useful_life;
    if (!is_hopeless && age > 0ms && planned_end < life.value)
        return;
    diagnostic what{is_hopeless ? hop_code::life_too_short : hop_code::life_cut,
                    of.name + (is_hopeless ? " ends every connection within a minute"
                                           : " ends connections at an age that nobody planned for"),
                    {life.where, describe(life)},
                    {},
                    life_cure(of, life, loaded.values)};
    const auto set_age = loaded.origins.find("limits.session_age");
    if (set_age != loaded.origins.end() && age > 0ms && !is_hopeless)
        what.others.push_back(
            {set_age->second.value, "sessions end up to " + format_duration(planned_end) + " old"});
    out.push_back(std::move(what));
}

} // namespace

void check_lifetimes(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : shared_limits(each, limit_kind::life, in.beats))
            check(each, *shared.which, in.loaded, out);
}

} // namespace pulsegate
