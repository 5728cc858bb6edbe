#include "alignment/cuts/suspects.hpp"

#include "alignment/presets.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

constexpr std::size_t most_former = 8; // the latest ones

std::string place_of(const span& where) {
    if (where.in == nullptr)
        return {};
    return where.in->name() + ':' + std::to_string(where.start().line);
}

bool is_of_file(const limit& which) {
    return which.origin == limit_origin::file || which.origin == limit_origin::file_default;
}

std::string name_of(const hop& of, const limit& which) {
    if (!which.option.empty())
        return of.name + ' ' + which.option;
    return of.name + (which.kind == limit_kind::life ? ", its lifetime limit" : ", its idle limit");
}

std::string source_of(const limit& which) {
    const std::string value = format_duration(which.value);
    switch (which.origin) {
    case limit_origin::file:
    case limit_origin::declared:
        return "declared " + value + " at " + place_of(which.where);
    case limit_origin::file_default:
        return value + " by default, " + place_of(which.where);
    case limit_origin::preset:
        return std::string(to_string(which.sure)) + ' ' + value + ": " + which.cited;
    }
    return {};
}

std::vector<std::uint32_t> numbers_of(const std::vector<const route_heartbeat*>& heartbeats,
                                      std::span<const numbered_route> routes) {
    std::vector<std::uint32_t> numbers;
    for (const route_heartbeat* const each : heartbeats)
        for (const numbered_route& one : routes)
            if (one.path == each->route_path)
                numbers.push_back(one.number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

const route_heartbeat& worst_of(const shared_limit& shared) {
    return **std::min_element(shared.heartbeats.begin(), shared.heartbeats.end(),
                              [&](const route_heartbeat* a, const route_heartbeat* b) {
                                  return slack_under(*shared.which, *a) <
                                         slack_under(*shared.which, *b);
                              });
}

suspect suspect_of(const hop& of, const shared_limit& shared, const configuration& values,
                   std::span<const numbered_route> routes) {
    const limit& which = *shared.which;
    const bool is_idle = which.kind == limit_kind::idle;
    return {.hop = of.name,
            .option = which.option,
            .kind = which.kind,
            .resets = which.resets,
            .value = which.value,
            .tolerance = which.origin == limit_origin::preset ? rough_tolerance(which.value)
                                                              : usual_tolerance,
            .routes = numbers_of(shared.heartbeats, routes),
            .is_from_file = is_of_file(which),
            .verdict = name_of(of, which) + " (" + source_of(which) + ')',
            .where = place_of(which.where),
            .help =
                is_idle ? idle_cure(of, which, worst_of(shared)) : life_cure(of, which, values)};
}

/// What an Nginx would do that has never read the line of a limit.
void add_default(const chain_hop& of, const suspect& declared, suspects& to) {
    if (!std::holds_alternative<nginx_reading>(of.reading))
        return;
    for (const std::string_view name : {"nginx", "nginx-stream"}) {
        const preset_limit& usual = find_preset(name)->limits.front();
        if (declared.option != usual.option || declared.value == *usual.value)
            continue;
        suspect added = declared;
        added.value = *usual.value;
        added.is_from_file = false;
        added.verdict = of.name + ' ' + declared.option + " at its default; " + declared.where +
                        " declares " + format_duration(declared.value) + ": was it reloaded?";
        added.help = "reload it: `nginx -s reload`";
        to.limits.push_back(std::move(added));
    }
}

recycler recycler_of(const hop& of, const configuration& values) {
    recycler made{.hop = of.name, .verdict = of.name + ", reloaded or restarted"};
    const auto reload = std::find_if(of.limits.begin(), of.limits.end(), [](const limit& each) {
        return each.kind == limit_kind::reload;
    });
    if (reload == of.limits.end())
        return made;
    made.option = reload->option;
    made.verdict += " (" + reload->option + ' ' + source_of(*reload) + ')';
    made.where = place_of(reload->where);
    if (const auto raised = raise_text(of, *reload, round_up(values.drain.window)); !raised.empty())
        made.help = raised;
    return made;
}

/// Of the same routes, wherever the line stands by now.
bool is_successor(const suspect& next, const suspect& old) {
    return next.is_from_file && old.is_from_file && next.hop == old.hop &&
           next.option == old.option &&
           std::find_first_of(next.routes.begin(), next.routes.end(), old.routes.begin(),
                              old.routes.end()) != next.routes.end();
}

} // namespace

bool suspect::concerns(const loss& one) const {
    return hop == undeclared_hop || std::binary_search(routes.begin(), routes.end(), one.route);
}

suspects suspects_of(const alignment& of, const configuration& values,
                     std::span<const numbered_route> routes) {
    suspects made;
    const auto& hops = of.proxies.hops;
    for (const chain_hop& each : hops)
        made.hops.push_back(each.name);
    for (const limit_kind kind : {limit_kind::idle, limit_kind::life})
        for (auto each = hops.rbegin(); each != hops.rend(); ++each)
            for (const shared_limit& shared : shared_limits(*each, kind, of.heartbeats))
                if (!shared.heartbeats.empty())
                    made.limits.push_back(suspect_of(*each, shared, values, routes));
    const std::vector<suspect> declared = made.limits;
    for (const chain_hop& each : hops)
        for (const suspect& one : declared)
            if (one.hop == each.name && one.is_from_file)
                add_default(each, one, made);
    if (hops.size() == 1)
        made.reload = recycler_of(hops.front(), values);
    return made;
}

void add_former(suspects& now, const suspects& before) {
    const std::vector<suspect> declared = now.limits;
    std::size_t added = 0;
    for (auto old = before.limits.rbegin(); old != before.limits.rend() && added < most_former;
         ++old) {
        const auto successor =
            std::find_if(declared.begin(), declared.end(),
                         [&](const auto& each) { return is_successor(each, *old); });
        const bool is_still_said =
            std::any_of(now.limits.begin(), now.limits.end(), [&](const suspect& each) {
                return each.hop == old->hop && each.option == old->option &&
                       each.value == old->value;
            });
        if (successor == declared.end() || is_still_said)
            continue;
        suspect former = *old;
        former.routes = successor->routes;
        former.verdict = old->hop + ' ' + old->option + " as it was before; " + successor->where +
                         " now declares " + format_duration(successor->value) +
                         ": was it reloaded?";
        former.help = "reload it: " + std::string(old->option.starts_with("proxy_")
                                                      ? "`nginx -s reload`"
                                                      : "`systemctl reload haproxy`");
        now.limits.push_back(std::move(former));
        ++added;
    }
}

std::vector<std::string_view> presets_with(limit_kind kind, milliseconds value) {
    std::vector<std::string_view> names;
    for (const preset& each : preset_table())
        for (const preset_limit& one : each.limits)
            if (each.is_in_front && one.kind == kind && one.value &&
                std::chrono::abs(*one.value - value) <= rough_tolerance(*one.value))
                names.push_back(each.name);
    return names;
}

} // namespace pulsegate
