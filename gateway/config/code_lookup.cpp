// Rows of the tables of codes, found by their numbers.
#include "base/assert.hpp"
#include "config/codes.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {

const code_row& row_of(code id) {
    return row_in(config_codes(), id);
}

const code_row& row_in(std::span<const code_row> table, code_number id) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [id](const code_row& row) { return row.id == id; });
    PULSEGATE_ASSERT(found != table.end());
    return *found;
}

std::string_view to_string(severity level) {
    constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
    return names.at(static_cast<std::size_t>(level));
}

} // namespace pulsegate
