#include "alignment/rules/wording.hpp"

#include "alignment/codes.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

std::string effect_of(const limit& which) {
    const std::string value = format_duration(which.value);
    switch (which.kind) {
    case limit_kind::idle:
        return "ends a connection after " + value + " without a byte" +
               (which.resets == idle_reset::any         ? ""
                : which.resets == idle_reset::to_client ? " towards the client"
                                                        : " from the client");
    case limit_kind::life:
        return "ends every connection after " + value;
    case limit_kind::reload:
        return "ends all connections " + value + " after a reload";
    case limit_kind::silence:
        return "ends a request after " + value + " without a byte of its answer";
    case limit_kind::first_byte:
        return "ends a request that has no answer after " + value;
    case limit_kind::total:
        return "ends every request after " + value + ", whatever has passed";
    case limit_kind::keep_alive:
        return "keeps an idle connection for " + value;
    }
    return {};
}

/// The key of gateway.yaml by which it learns a limit; empty if there is none.
std::string_view key_of(limit_kind kind) {
    switch (kind) {
    case limit_kind::idle:
        return "idle";
    case limit_kind::life:
        return "lifetime";
    case limit_kind::silence:
        return "silence";
    case limit_kind::total:
        return "total";
    case limit_kind::keep_alive:
        return "keep_alive";
    case limit_kind::reload:
    case limit_kind::first_byte:
        break;
    }
    return {};
}

/// How gateway.yaml learns a new limit, if it has a key for it.
std::string told(limit_kind kind, std::string_view verb, milliseconds value) {
    const std::string key(key_of(kind));
    return key.empty() ? ""
                       : ", and " + std::string(verb) + ' ' +
                             quoted(key + ": " + format_duration(value)) + " here";
}

bool has_same_cure(const limit& a, const limit& b) {
    return a.only_if == b.only_if && !a.goes_into.empty() && a.goes_into == b.goes_into &&
           a.setting == b.setting && a.resets == b.resets;
}

struct timing {
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
std::optional<timing> slowest_heartbeat(const limit& idle, const route_heartbeat& of) {
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
            return timing{interval, fitting_timeout(of.settings.timeout, interval, longest)};
    }
    return std::nullopt;
}

std::string timing_text(const route_heartbeat& of, const timing& cure) {
    if (cure.timeout == of.settings.timeout)
        return key_text(of, "interval", cure.interval);
    route_heartbeat first = of;
    first.interval.is_own =
        of.interval.is_own && !of.timeout.is_own; // else the route is named twice
    return key_text(first, "interval", cure.interval) + " and " +
           key_text(of, "timeout", cure.timeout);
}

} // namespace

bool is_same_place(const span& a, const span& b) {
    return a.in == b.in && a.offset == b.offset;
}

std::string describe(const limit& which) {
    const std::string effect = effect_of(which);
    switch (which.origin) {
    case limit_origin::file:
        return effect;
    case limit_origin::file_default:
        return "has no " + quoted(which.option) + ": by default it " + effect;
    case limit_origin::preset:
        return effect + " (" + std::string(to_string(which.sure)) + ": " + which.cited + ')';
    case limit_origin::declared:
        return effect;
    }
    return {};
}

std::string raise_text(const hop& of, const limit& which, milliseconds to) {
    if (which.setting.empty())
        return {};
    const std::string setting = quoted(setting_text(which, to));
    switch (which.origin) {
    case limit_origin::file:
        return which.goes_into.empty() ? "set " + setting + " here"
                                       : "add " + setting + " to " + quoted(which.goes_into);
    case limit_origin::file_default:
        return "add " + setting + " here";
    case limit_origin::preset:
        return "set " + setting + " in " + of.name + told(which.kind, "add", to);
    case limit_origin::declared:
        return "set " + setting + " in " + of.name + told(which.kind, "set", to);
    }
    return {};
}

milliseconds round_up(milliseconds least) {
    constexpr std::array<milliseconds, 12> usual{5s,  10s, 15s, 20s,  30s,  45s,
                                                 60s, 75s, 90s, 120s, 180s, 300s};
    const auto found = std::lower_bound(usual.begin(), usual.end(), least);
    if (found != usual.end())
        return *found;
    return least <= 1h ? std::chrono::ceil<std::chrono::minutes>(least)
                       : std::chrono::ceil<std::chrono::hours>(least);
}

std::string key_text(const route_heartbeat& of, std::string_view key, milliseconds value) {
    const provenance& from = key == "interval" ? of.interval : of.timeout;
    const std::string text = "`heartbeat." + std::string(key) + ": " + format_duration(value) + '`';
    return from.is_own ? text + " for the route " + quoted(of.route_path) : text;
}

void explain(diagnostic& what, const provenance& from, const std::string& text) {
    if (from.at == nullptr) {
        const std::string by_default = "; " + text + " by default";
        if (what.primary.text.find(by_default) == std::string::npos)
            what.primary.text += by_default;
        return;
    }
    const auto is_there = [&](const label& each) {
        return is_same_place(each.where, from.at->value);
    };
    if (std::none_of(what.others.begin(), what.others.end(), is_there))
        what.others.push_back({from.at->value, text});
}

std::string listener_addresses(const configuration& values) {
    std::string out;
    for (const listener_settings& each : values.listeners)
        out += (out.empty() ? "" : " or ") + quoted(to_string(each.address));
    return out;
}

void point_at_listeners(diagnostic& what, const load_result& loaded) {
    for (std::size_t i = 0; i < loaded.values.listeners.size(); ++i) {
        const auto at = loaded.origins.find("listeners[" + std::to_string(i) + "].address");
        if (at != loaded.origins.end())
            what.others.push_back({at->second.value, "a listener"});
    }
}

void point_at_listener(diagnostic& what, const load_result& loaded, std::size_t listener,
                       std::string_view key) {
    const std::string path = "listeners[" + std::to_string(listener) + "].";
    for (const std::string_view each : {key, std::string_view("address")}) {
        const auto set = loaded.origins.find(path + std::string(each));
        if (set == loaded.origins.end())
            continue;
        what.others.push_back({set->second.value, "the listener that it leads to"});
        return;
    }
}

const limit* twin_of(const hop& of, const limit& which, limit_kind kind) {
    const auto found = std::find_if(of.limits.begin(), of.limits.end(), [&](const limit& each) {
        return each.kind == kind && each.option == which.option &&
               is_same_place(each.where, which.where);
    });
    return found == of.limits.end() ? nullptr : &*found;
}

bool is_told_by_twin(const hop& of, const limit& http) {
    if (http.kind != limit_kind::silence && http.kind != limit_kind::total)
        return false;
    const limit* const twin =
        twin_of(of, http, http.kind == limit_kind::silence ? limit_kind::idle : limit_kind::life);
    return twin != nullptr && twin->value == http.value && twin->resets == idle_reset::any;
}

std::vector<shared_limit> shared_limits(const hop& of, limit_kind kind,
                                        const std::vector<route_heartbeat>& heartbeats) {
    std::vector<shared_limit> shared;
    for (const limit& each : of.limits) {
        if (each.kind != kind)
            continue;
        auto same = std::find_if(shared.begin(), shared.end(), [&](const shared_limit& other) {
            return is_same_place(other.which->where, each.where) &&
                   other.which->option == each.option && other.which->value == each.value &&
                   other.which->only_if == each.only_if;
        });
        if (same == shared.end())
            same = shared.insert(shared.end(), {&each, {}});
        for (const route_heartbeat* const concerned : heartbeats_under(each, heartbeats))
            if (std::find(same->heartbeats.begin(), same->heartbeats.end(), concerned) ==
                same->heartbeats.end())
                same->heartbeats.push_back(concerned);
    }
    return shared;
}

std::vector<shared_limit> limits_to_mend(const hop& of, limit_kind kind,
                                         const std::vector<route_heartbeat>& heartbeats) {
    std::vector<shared_limit> kept;
    for (shared_limit& each : shared_limits(of, kind, heartbeats)) {
        const auto same = std::find_if(kept.begin(), kept.end(), [&](const shared_limit& other) {
            return has_same_cure(*other.which, *each.which);
        });
        if (same == kept.end())
            kept.push_back(std::move(each));
        else if (each.which->value < same->which->value)
            *same = std::move(each);
    }
    return kept;
}

std::string idle_cure(const hop& of, const limit& idle, const route_heartbeat& worst) {
    const milliseconds enough = std::max(quiet_time(idle, worst.worst) + wanted_slack,
                                         worst.worst.eviction_end + milliseconds(1));
    std::string text = raise_text(of, idle, round_up(enough));
    if (const auto cure = slowest_heartbeat(idle, worst))
        text += (text.empty() ? "set " : ", or ") + timing_text(worst, *cure);
    return text.empty() ? "have this proxy wait at least " + format_duration(round_up(enough))
                        : text;
}

diagnostic may_lead_to_unseen(const span& line, const hop& behind) {
    return {
        hop_code::nginx_undecided,
        "it cannot be seen whether this leads to the gateway",
        {line, "may lead to " + quoted(behind.name) + ", of which no file says where it listens"},
        {{behind.where, "stands between this proxy and the gateway"}},
        "describe the outer proxy in gateway.yaml by `name` and `idle`, or name the file of the "
        "inner one"};
}

} // namespace pulsegate
