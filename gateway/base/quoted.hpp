// Text of unknown origin, made safe to show: inside a message, in columns and pictures, and in
// formats that admit only UTF-8, as JSON log lines and metric labels do. Pure. The incremental
// check of WebSocket text messages is another matter and lives in websocket/.
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

struct quoting {
    [[nodiscard]] std::string operator()(std::string_view text) const;
};

/// `text` in backticks, printable, and shortened with an ellipsis past 60 characters. An object,
/// since of functions a std::string brings std::quoted in wherever <iomanip> is included.
inline constexpr quoting quoted{};

/// Characters, of which a UTF-8 text has fewer than bytes.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// `text`, printable, and cut with an ellipsis after so many characters if it has more.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

/// The bytes as well-formed UTF-8 (RFC 3629 §4): each byte that is not part of a well-formed
/// sequence becomes U+FFFD. Text that is UTF-8 already comes back unchanged.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

/// The same, but no longer than `most` bytes: whole characters from its beginning.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes, std::size_t most);

} // namespace pulsegate
