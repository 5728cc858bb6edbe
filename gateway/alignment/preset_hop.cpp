#include "alignment/preset_hop.hpp"

#include "alignment/codes.hpp"
#include "alignment/presets.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

std::vector<limit> limits_of(const preset& which, const span& where) {
    std::vector<limit> limits;
    for (const preset_limit& each : which.limits)
        if (each.value)
            limits.push_back({.kind = each.kind,
                              .value = *each.value,
                              .resets = each.resets,
                              .option = std::string(each.option),
                              .setting = std::string(each.setting),
                              .origin = limit_origin::preset,
                              .sure = each.sure,
                              .cited = std::string(each.cited),
                              .where = where});
    return limits;
}

/// A figure of gateway.yaml takes the place of the preset's figures of its kind. What the preset
/// says of them, how they are set and what resets them, stays.
void replace(std::vector<limit>& limits, limit_kind kind, const limit_setting& with,
             const span& where) {
    const auto is_kind = [kind](const limit& each) { return each.kind == kind; };
    const auto first = std::find_if(limits.begin(), limits.end(), is_kind);
    limit replaced = first != limits.end() ? *first : limit{.kind = kind};
    std::erase_if(limits, is_kind);
    if (!with.value)
        return;
    replaced.value = *with.value;
    replaced.origin = limit_origin::declared;
    replaced.cited.clear();
    replaced.where = where;
    limits.push_back(std::move(replaced));
}

diagnostic unknown_preset(const std::string& name, const span& where) {
    std::vector<std::string_view> names;
    for (const preset& each : preset_table())
        if (each.is_in_front)
            names.push_back(each.name);
    const auto meant = nearest(name, names);
    return {code::unknown_choice,
            "there is no preset " + quoted(name),
            {where, "must be one that `pulsegate hops` lists"},
            {},
            meant ? "did you mean " + quoted(*meant) + '?'
                  : "describe the proxy by `name` and `idle` instead"};
}

diagnostic unknown_limit(const preset& which, const span& where) {
    return {hop_code::hop_unknown,
            "nobody says when " + std::string(which.title) + " ends a quiet connection",
            {where, "has no documented limit"},
            {},
            "measure it and add `idle: ` with the figure, or `idle: none`"};
}

} // namespace

void fill_preset_hop(const proxy_settings& proxy, const std::string& path,
                     const origin_map& origins, hop& to, std::vector<diagnostic>& problems) {
    const auto place_of = [&](std::string_view key) {
        const auto found = origins.find(path + '.' + std::string(key));
        return found == origins.end() ? to.where : found->second.value;
    };
    to.where = place_of(proxy.preset.empty() ? "name" : "preset");
    if (!proxy.preset.empty()) {
        const preset* const which = find_preset(proxy.preset);
        if (which == nullptr || !which->is_in_front) {
            problems.push_back(unknown_preset(proxy.preset, to.where));
            return;
        }
        to.limits = limits_of(*which, to.where);
        to.remark = which->remark;
        if (!proxy.idle.is_set && to.limits.empty() && !has_known_idle(*which))
            problems.push_back(unknown_limit(*which, to.where));
    }
    if (proxy.idle.is_set)
        replace(to.limits, limit_kind::idle, proxy.idle, place_of("idle"));
    if (proxy.lifetime.is_set)
        replace(to.limits, limit_kind::life, proxy.lifetime, place_of("lifetime"));
    if (proxy.resets)
        for (limit& each : to.limits)
            each.resets = *proxy.resets;
}

} // namespace pulsegate
