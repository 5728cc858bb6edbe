#include "config/yaml_span.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

// Bytes; no renderer shows more of a line, and looking further for each value of a long line would
// take time that grows with its square.
constexpr std::size_t longest_mark = 256;

/// One past the closing quote of the quoted scalar that begins at `start`; npos if it is never
/// closed.
std::size_t end_of_quoted(std::string_view text, std::size_t start) {
    const char quote = text[start];
    for (std::size_t i = start + 1; i < text.size(); ++i) {
        if (quote == '"' && text[i] == '\\')
            ++i;
        else if (text[i] == quote && quote == '\'' && text.substr(i + 1).starts_with('\''))
            ++i; // `''` is a quote inside single quotes
        else if (text[i] == quote)
            return i + 1;
    }
    return std::string_view::npos;
}

span clipped_to_line(const source& in, std::size_t offset, std::size_t end) {
    const source_text::line line = in->line_of(offset);
    const std::size_t line_end = line.offset + line.text.size();
    offset = std::min(offset, line_end);
    return {in, offset, std::clamp(end, offset, line_end) - offset};
}

} // namespace

std::size_t skip_properties(std::string_view text, std::size_t offset) {
    const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
    std::size_t i = offset;
    while (at(i) == '&' || at(i) == '!') {
        i = std::min(text.find_first_of(" \t\r\n", i), text.size());
        i = std::min(text.find_first_not_of(" \t\r\n", i), text.size());
    }
    return i < text.size() ? i : offset;
}

std::optional<span> span_of_scalar(const source& in, std::size_t offset, std::string_view value) {
    const std::string_view text = in->text();
    if (offset < text.size() && (text[offset] == '"' || text[offset] == '\'')) {
        const std::size_t end = end_of_quoted(text, offset);
        if (end == std::string_view::npos)
            return std::nullopt;
        return clipped_to_line(in, offset, end);
    }
    // Plain scalars of one line stand in the file as they are.
    if (text.substr(std::min(offset, text.size())).starts_with(value) &&
        value.find('\n') == std::string_view::npos)
        return clipped_to_line(in, offset, offset + value.size());
    return span_to_line_end(in, offset);
}

span span_of_collection(const source& in, std::size_t offset) {
    const span whole = span_to_line_end(in, offset);
    const std::string_view text = in->text();
    const std::size_t line_end = whole.offset + whole.length;
    std::size_t depth = 0;
    for (std::size_t i = offset; i < line_end; ++i) {
        if (text[i] == '"' || text[i] == '\'') {
            i = end_of_quoted(text, i) - 1;
            if (i >= line_end)
                return whole;
        } else if (text[i] == '[' || text[i] == '{') {
            ++depth;
        } else if (depth > 0 && (text[i] == ']' || text[i] == '}') && --depth == 0) {
            return {in, offset, i + 1 - offset};
        }
    }
    return whole;
}

span span_to_line_end(const source& in, std::size_t offset) {
    const source_text::line line = in->line_of(offset);
    offset = std::min(offset, line.offset + line.text.size());
    std::string_view rest = line.text.substr(offset - line.offset, longest_mark);
    rest = rest.substr(0, std::min(rest.find(" #"), rest.find("\t#")));
    rest = rest.substr(0, rest.find_last_not_of(" \t") + 1);
    return {in, offset, rest.size()};
}

} // namespace pulsegate
