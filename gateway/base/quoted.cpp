#include "base/quoted.hpp"

#include "base/assert.hpp"
#include "base/shown_text.hpp"

#include <cstdint>

namespace pulsegate {
namespace {

constexpr std::size_t longest_quote = 60;                // characters
constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool is_continuation(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80;
}

} // namespace

decoded_character decode_character(std::string_view text) {
    PULSEGATE_ASSERT(!text.empty());
    constexpr decoded_character bad{0xFFFD, 1};
    const auto lead = static_cast<std::uint8_t>(text[0]);
    if (lead < 0x80)
        return {lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length)
        return bad;
    char32_t code_point = lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i]))
            return bad;
        code_point = (code_point << 6) | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // shorter forms exist below these
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < least[length] || is_surrogate || code_point > 0x10FFFF)
        return bad;
    return {code_point, length};
}

std::string printable(std::string_view character, char32_t code_point) {
    if (code_point < 0x20) // the control pictures stand in the order of the controls
        return {'\xE2', '\x90', static_cast<char>(0x80 + code_point)};
    if (code_point == 0x7F)
        return "\xE2\x90\xA1"; // U+2421
    if (code_point == 0xFFFD || (code_point >= 0x80 && code_point < 0xA0))
        return std::string(replacement);
    return std::string(character);
}

std::string quoted(std::string_view text) {
    return '`' + shortened(text, longest_quote) + '`';
}

} // namespace pulsegate
