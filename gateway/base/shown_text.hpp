// Text of users as it fits into columns and pictures. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pulsegate {

/// Characters, of which a UTF-8 text has fewer than bytes.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// `text`, printable, and cut with an ellipsis after so many characters if it has more.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

} // namespace pulsegate
