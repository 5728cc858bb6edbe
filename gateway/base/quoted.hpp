// A user's text inside a message: safe to print whatever it holds. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pulsegate {

/// One character of a text that may not be UTF-8.
struct decoded_character {
    char32_t code_point = 0; // U+FFFD for a byte that belongs to no character
    std::size_t length = 0;  // bytes read, at least 1
};

/// Decodes the first character of `text`, which is not empty (RFC 3629 §4).
[[nodiscard]] decoded_character decode_character(std::string_view text);

/// The character as it may be shown on a terminal: itself, or a visible stand-in for a control
/// character (U+2400 and following) or a byte that is not UTF-8 (U+FFFD).
[[nodiscard]] std::string printable(std::string_view character, char32_t code_point);

/// `text` in backticks, printable, and shortened with an ellipsis past 60 characters.
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace pulsegate
