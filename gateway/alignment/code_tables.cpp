// The tables of codes of all layers, and one code among them.
#include "alignment/codes.hpp"
#include "alignment/deployment/stop.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace pulsegate {

std::array<std::span<const code_row>, 4> code_tables() {
    return {config_codes(), hop_codes(), http_codes(), stop_codes()};
}

const code_row* find_code(std::string_view name) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const auto table : code_tables())
        for (const code_row& row : table)
            if (row.name == upper || row.name.substr(2) == upper)
                return &row;
    return nullptr;
}

} // namespace pulsegate
