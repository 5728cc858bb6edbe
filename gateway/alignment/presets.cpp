#include "alignment/presets.hpp"

#include <algorithm>
#include <vector>

namespace pulsegate {

std::span<const preset> preset_table() {
    static const std::vector<preset> all = [] {
        std::vector<preset> rows;
        for (const auto part : {presets_of_proxies(), presets_of_ingresses(), presets_of_edges(),
                                presets_of_clouds(), presets_of_networks()})
            rows.insert(rows.end(), part.begin(), part.end());
        return rows;
    }();
    return all;
}

const preset* find_preset(std::string_view name) {
    for (const preset& each : preset_table())
        if (each.name == name)
            return &each;
    return nullptr;
}

bool has_known_idle(const preset& which) {
    return std::any_of(which.limits.begin(), which.limits.end(),
                       [](const preset_limit& each) { return each.kind == limit_kind::idle; });
}

} // namespace pulsegate
