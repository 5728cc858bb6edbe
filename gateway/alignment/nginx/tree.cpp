#include "alignment/nginx/tree.hpp"

#include <algorithm>

namespace pulsegate {

span first_line(const source& in, std::size_t from, std::size_t to) {
    const std::size_t line_end = in->text().find_first_of("\r\n", from);
    return {in, from, std::min(line_end, to) - from};
}

std::string_view nginx_directive::name() const {
    return words.empty() ? std::string_view{} : std::string_view(words.front().text);
}

std::string_view nginx_directive::argument(std::size_t index) const {
    return index < arguments() ? std::string_view(words[index + 1].text) : std::string_view{};
}

span nginx_directive::whole() const {
    return words.empty() ? span{in, 0, 0} : first_line(in, words.front().offset, end);
}

span nginx_directive::head() const {
    if (words.empty())
        return {in, 0, 0};
    return first_line(in, words.front().offset, words.back().offset + words.back().length);
}

span nginx_directive::place_of(const nginx_word& word) const {
    return first_line(in, word.offset, word.offset + word.length);
}

} // namespace pulsegate
