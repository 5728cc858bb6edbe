#include "config/diagnostic.hpp"

#include <algorithm>

namespace pulsegate {

std::string render_line(std::span<const diagnostic> diagnostics) {
    std::string out;
    for (const diagnostic& each : diagnostics) {
        out += location(each.primary.where) + ": " + std::string(to_string(each.level())) + '[' +
               std::string(each.id.row().name) + "]: " + each.message;
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
