#include "config/diagnostic.hpp"

#include <algorithm>
#include <tuple>

namespace pulsegate {

diagnostic_counts count(std::span<const diagnostic> diagnostics) {
    diagnostic_counts counts;
    for (const diagnostic& each : diagnostics) {
        counts.errors += each.level() == severity::error ? 1 : 0;
        counts.warnings += each.level() == severity::warning ? 1 : 0;
    }
    return counts;
}

bool has_errors(std::span<const diagnostic> diagnostics) {
    return count(diagnostics).errors > 0;
}

void sort_and_unique(std::vector<diagnostic>& diagnostics) {
    const auto place = [](const diagnostic& each) {
        return std::tie(each.primary.where.offset, each.id, each.message);
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto rest =
        std::unique(diagnostics.begin(), diagnostics.end(),
                    [&](const auto& a, const auto& b) { return place(a) == place(b); });
    diagnostics.erase(rest, diagnostics.end());
}

} // namespace pulsegate
