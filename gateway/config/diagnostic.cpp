#include "config/diagnostic.hpp"

#include <algorithm>
#include <map>
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
    std::map<const source_text*, std::size_t> files; // in the order of their first diagnostic
    for (const diagnostic& each : diagnostics)
        files.emplace(each.primary.where.in.get(), files.size());
    const auto place = [&](const diagnostic& each) {
        const span& where = each.primary.where;
        return std::tuple(files.at(where.in.get()), where.offset, each.id.row().name,
                          std::string_view(each.message));
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    const auto rest =
        std::unique(diagnostics.begin(), diagnostics.end(),
                    [&](const auto& a, const auto& b) { return place(a) == place(b); });
    diagnostics.erase(rest, diagnostics.end());
}

} // namespace pulsegate
