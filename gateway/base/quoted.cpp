#include "base/quoted.hpp"

#include "base/assert.hpp"

#include <cstdint>

namespace pulsegate {
namespace {

constexpr std::size_t longest_quote = 60;                // characters
constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool is_continuation(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80;
}

bool is_between(char byte, unsigned least, unsigned most) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= least && value <= most;
}

/// Length of the well-formed sequence that `text` starts with; 0 if there is none. `text` is not
/// empty. The ranges are those of RFC 3629 §4: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
std::size_t sequence_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80)
        return 1;

    std::size_t length = 0;
    unsigned least_second = 0x80;
    unsigned most_second = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0)
            least_second = 0xA0;
        if (first == 0xED)
            most_second = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0)
            least_second = 0x90;
        if (first == 0xF4)
            most_second = 0x8F;
    }
    if (length == 0 || text.size() < length || !is_between(text[1], least_second, most_second))
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_between(text[i], 0x80, 0xBF))
            return 0;
    return length;
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

std::string quoting::operator()(std::string_view text) const {
    return '`' + shortened(text, longest_quote) + '`';
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count)
        text.remove_prefix(decode_character(text).length);
    return count;
}

std::string shortened(std::string_view text, std::size_t most) {
    std::string out;
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == most)
            return out + "\xE2\x80\xA6"; // an ellipsis
        const auto [code_point, length] = decode_character(text);
        out += printable(text.substr(0, length), code_point);
        text.remove_prefix(length);
    }
    return out;
}

std::string to_valid_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length > 0)
            text += bytes.substr(0, length);
        else
            text += "\xEF\xBF\xBD";
        bytes.remove_prefix(length > 0 ? length : 1);
    }
    return text;
}

std::string to_valid_utf8(std::string_view bytes, std::size_t most) {
    std::string text = to_valid_utf8(bytes);
    if (text.size() <= most)
        return text;
    while (most > 0 && is_between(text[most], 0x80, 0xBF)) // not in the middle of a character
        --most;
    text.resize(most);
    return text;
}

} // namespace pulsegate
