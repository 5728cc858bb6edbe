#include "config/diagnostic.hpp"

#include <algorithm>

namespace pulsegate {

std::string render_line(std::span<const diagnostic> diagnostics) {
    std::string out;
    for (const diagnostic& each : diagnostics) {
        const position at = each.primary.where.start();
        out += each.primary.where.in->name() + ':' + std::to_string(at.line) + ':' +
               std::to_string(at.column) + ": " + std::string(to_string(each.level())) + '[' +
               std::string(row_of(each.id).name) + "]: " + each.message;
        if (!each.help.empty()) {
            std::string help = each.help;
            std::replace(help.begin(), help.end(), '\n', ' ');
            out += "; " + help;
        }
        out += '\n';
    }
    return out;
}

} // namespace pulsegate
