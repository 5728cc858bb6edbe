#include "alignment/nginx/lua_block.hpp"

#include <string>

namespace pulsegate {
namespace {

constexpr std::size_t nowhere = std::string_view::npos;

/// The offset after a string whose opening quote is at `at`. An unclosed one ends with its line.
std::size_t after_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == quote || text[at] == '\n')
            return at + 1;
    }
    return text.size();
}

/// If `[[`, `[=[` and so on opens at `at`: the offset after the bracket that closes it.
std::optional<std::size_t> after_long_bracket(std::string_view text, std::size_t at) {
    std::size_t level_end = at + 1;
    while (level_end < text.size() && text[level_end] == '=')
        ++level_end;
    if (level_end >= text.size() || text[level_end] != '[')
        return std::nullopt;
    std::string close(text.substr(at, level_end - at + 1));
    close.front() = close.back() = ']';
    const std::size_t end = text.find(close, level_end + 1);
    return end == nowhere ? text.size() : end + close.size();
}

/// The offset after a comment whose `--` is at `at`.
std::size_t after_comment(std::string_view text, std::size_t at) {
    at += 2;
    if (at < text.size() && text[at] == '[')
        if (const auto end = after_long_bracket(text, at))
            return *end;
    const std::size_t end = text.find('\n', at);
    return end == nowhere ? text.size() : end + 1;
}

} // namespace

bool holds_lua(std::string_view directive) {
    return directive.ends_with("_by_lua_block");
}

std::optional<std::size_t> end_of_lua(std::string_view text, std::size_t at) {
    std::size_t depth = 1;
    while (at < text.size()) {
        switch (text[at]) {
        case '{':
            ++depth;
            ++at;
            break;
        case '}':
            ++at;
            if (--depth == 0)
                return at;
            break;
        case '"':
        case '\'':
            at = after_string(text, at);
            break;
        case '[':
            at = after_long_bracket(text, at).value_or(at + 1);
            break;
        case '-':
            at = text.substr(at).starts_with("--") ? after_comment(text, at) : at + 1;
            break;
        default:
            ++at;
        }
    }
    return std::nullopt;
}

} // namespace pulsegate
