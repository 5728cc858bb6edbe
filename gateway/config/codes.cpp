#include "config/codes.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace pulsegate {

std::span<const code_row> code_table() {
    static const std::vector<code_row> rows = [] {
        std::vector<code_row> all;
        for (const auto part :
             {file_codes(), value_codes(), address_codes(), heartbeat_codes(), route_codes(),
              proxy_codes(), tls_codes(), admin_codes(), limit_codes(), hop_codes(), nginx_codes(),
              proxy_file_codes(), deployment_codes()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return rows;
}

const code_row& row_of(code id) {
    const auto rows = code_table();
    const auto found =
        std::find_if(rows.begin(), rows.end(), [id](const code_row& row) { return row.id == id; });
    PULSEGATE_ASSERT(found != rows.end());
    return *found;
}

const code_row* find_code(std::string_view name) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const code_row& row : code_table())
        if (row.name == upper || row.name.substr(2) == upper)
            return &row;
    return nullptr;
}

std::string_view to_string(severity level) {
    constexpr std::array<std::string_view, 3> names{"note", "warning", "error"};
    return names.at(static_cast<std::size_t>(level));
}

} // namespace pulsegate
