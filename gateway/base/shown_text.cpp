#include "base/shown_text.hpp"

#include "base/quoted.hpp"

namespace pulsegate {

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

} // namespace pulsegate
