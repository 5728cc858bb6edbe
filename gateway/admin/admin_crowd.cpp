#include "admin/admin_crowd.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace pulsegate {
namespace {

template <class Predicate>
std::optional<std::size_t> least_needed(std::span<const admin_client_facts> present,
                                        Predicate may_go) {
    std::map<std::string_view, std::size_t> crowd;
    for (const admin_client_facts& each : present)
        crowd[each.address] += each.state == admin_state::gone ? 0 : 1;
    std::optional<std::size_t> found;
    const auto is_less_needed = [&](const admin_client_facts& a, const admin_client_facts& b) {
        const std::size_t of_a = crowd[a.address];
        const std::size_t of_b = crowd[b.address];
        return of_a != of_b ? of_a > of_b : a.since < b.since;
    };
    for (std::size_t i = 0; i < present.size(); ++i)
        if (may_go(present[i]) && (!found || is_less_needed(present[i], present[*found])))
            found = i;
    return found;
}

} // namespace

admin_admission admit(std::span<const admin_client_facts> present, const admin_places& places) {
    const auto count = [&](bool is_extra) {
        return static_cast<std::size_t>(
            std::count_if(present.begin(), present.end(), [&](const admin_client_facts& each) {
                return each.state != admin_state::gone && each.is_extra == is_extra;
            }));
    };
    if (count(false) < places.connections)
        return {};
    const auto idle = least_needed(present, [](const admin_client_facts& each) {
        return each.state == admin_state::idle && !each.is_extra;
    });
    if (idle)
        return {false, idle};
    if (count(true) < places.extra)
        return {true, std::nullopt};
    return {true, least_needed(present, [](const admin_client_facts& each) {
                return each.state != admin_state::gone && each.is_extra;
            })};
}

} // namespace pulsegate
