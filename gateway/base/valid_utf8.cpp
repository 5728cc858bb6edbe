#include "base/valid_utf8.hpp"

#include <cstddef>

namespace pulsegate {
namespace {

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
