// PG301 to PG305, PG313, PG339: limits of proxies that heartbeats, evictions, sessions or drains do
// not keep away from.
#include "alignment/codes.hpp"
#include "alignment/route_heartbeat.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

std::string idle_cut_text(const limit& idle, const route_heartbeat& of) {
    if (idle.value <= of.settings.interval)
        return " cuts a quiet connection before the gateway pings it";
    return idle.resets == idle_reset::to_gateway
               ? " cuts a quiet connection whose client answers a ping late"
               : " cuts a quiet connection when a ping comes late";
}

/// `the route `/edit``, `the routes `/a` and `/b``
std::string names_of(const std::vector<const route_heartbeat*>& routes) {
    constexpr std::size_t most = 3;
    std::string out = routes.size() == 1 ? "the route " : "the routes ";
    for (std::size_t i = 0; i < routes.size() && i < most; ++i)
        out += (i == 0                   ? ""
                : i + 1 == routes.size() ? " and "
                                         : ", ") +
               quoted(routes[i]->route_path);
    return routes.size() > most ? out + " and " + std::to_string(routes.size() - most) + " more"
                                : out;
}

/// Points at the intervals of the routes that a limit hurts, each once.
/// \param is_only_route  there is no other, so that none needs to be named.
void explain_intervals(diagnostic& what, std::vector<const route_heartbeat*> hurt,
                       bool is_only_route) {
    while (!hurt.empty()) {
        const route_heartbeat& first = *hurt.front();
        const auto others =
            std::stable_partition(hurt.begin(), hurt.end(), [&](const route_heartbeat* each) {
                return each->interval.at == first.interval.at &&
                       each->settings.interval == first.settings.interval;
            });
        const std::string whose =
            is_only_route ? "pings" : "pings of " + names_of({hurt.begin(), others});
        explain(what, first.interval,
                whose + " leave every " + format_duration(first.settings.interval));
        hurt.erase(hurt.begin(), others);
    }
}

void check_idle(const hop& of, const shared_limit& shared, bool is_only_route, findings& out) {
    const limit& idle = *shared.which;
    const auto worst = std::min_element(shared.heartbeats.begin(), shared.heartbeats.end(),
                                        [&](const route_heartbeat* a, const route_heartbeat* b) {
                                            return slack_under(idle, *a) < slack_under(idle, *b);
                                        });
    if (worst == shared.heartbeats.end() || slack_under(idle, **worst) >= wanted_slack)
        return;
    const bool is_cut = slack_under(idle, **worst) <= milliseconds(0);
    const bool is_sure = idle.only_if.empty();
    if (!is_cut && !is_sure)
        return;
    diagnostic what{!is_sure ? hop_code::idle_may_cut
                    : is_cut ? hop_code::idle_cut
                             : hop_code::idle_tight,
                    of.name,
                    {},
                    {},
                    ""};
    what.message += is_cut ? idle_cut_text(idle, **worst) : " leaves little time for a late answer";
    what.primary = {idle.where, describe(idle)};
    if (!is_sure) {
        what.message += ", for some connections";
        what.primary.text += ", " + quoted(idle.only_if);
    }
    std::vector<const route_heartbeat*> hurt;
    for (const route_heartbeat* const each : shared.heartbeats)
        if (slack_under(idle, *each) < (is_cut ? milliseconds(1) : wanted_slack))
            hurt.push_back(each);
    explain_intervals(what, std::move(hurt), is_only_route);
    what.help = idle_cure(of, idle, **worst);
    out.push_back(std::move(what));
}

/// True if the eviction may come too late, and the limit does not cut healthy connections anyway.
bool is_late(const limit& idle, const route_heartbeat& of) {
    return idle.only_if.empty() && of.worst.eviction_end >= idle.value &&
           slack_under(idle, of) > milliseconds(0);
}

std::string help(const hop& of, const limit& idle, const route_heartbeat& worst) {
    std::string text = raise_text(of, idle, round_up(worst.worst.eviction_end + milliseconds(1)));
    const milliseconds around_it = worst.worst.eviction_end - worst.settings.timeout;
    const milliseconds timeout =
        std::chrono::floor<seconds>(idle.value - around_it - milliseconds(1));
    if (2 * timeout >= 3 * worst.settings.interval)
        text += (text.empty() ? "set " : ", or ") + key_text(worst, "timeout", timeout);
    return text;
}

void check_eviction(const hop& of, const shared_limit& shared, findings& out) {
    const limit& idle = *shared.which;
    diagnostic what{hop_code::late_eviction,
                    of.name + " may cut a dead client before the gateway evicts it",
                    {idle.where, describe(idle)},
                    {},
                    ""};
    const route_heartbeat* worst = nullptr;
    for (const route_heartbeat* const each : shared.heartbeats) {
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

constexpr milliseconds shortest_useful_life = 60s;

/// Well below the limit, in whole minutes if it is that long.
milliseconds fitting_age(milliseconds life, milliseconds drain_window) {
    const milliseconds most = life - oldest_session(0ms, drain_window);
    const milliseconds age = most * 9 / 10;
    return age >= 1min ? std::chrono::floor<std::chrono::minutes>(age)
                       : std::chrono::floor<std::chrono::seconds>(age);
}

void check_lifetime(const hop& of, const limit& life, const load_result& loaded, findings& out) {
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

void check_idle_limits(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::idle, in.heartbeats))
            check_idle(each, shared, in.heartbeats.size() == 1, out);
}

void check_evictions(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : limits_to_mend(each, limit_kind::idle, in.heartbeats))
            check_eviction(each, shared, out);
}

std::string life_cure(const hop& of, const limit& life, const configuration& values) {
    if (life.value <= shortest_useful_life) {
        const std::string raised = raise_text(of, life, 1h);
        return !raised.empty()                  ? raised
               : life.kind == limit_kind::total ? "give requests at least an hour in this proxy"
                                                : "give this proxy a lifetime of at least an hour";
    }
    const milliseconds age = fitting_age(life.value, values.drain.window);
    if (age > 0s)
        return "set `limits.session_age: " + format_duration(age) + '`';
    return "set `drain.window: 10s` and `limits.session_age: " +
           format_duration(fitting_age(life.value, 10s)) + '`';
}

void check_lifetimes(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : shared_limits(each, limit_kind::life, in.heartbeats))
            check_lifetime(each, *shared.which, in.loaded, out);
}

void check_reload_limits(const rule_input& in, findings& out) {
    const milliseconds window = in.loaded.values.drain.window;
    for (const chain_hop& each : in.proxies.hops)
        for (const shared_limit& shared : shared_limits(each, limit_kind::reload, in.heartbeats)) {
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
