#include "alignment/nginx/lexer.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"

#include <algorithm>
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

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// `)` does, because of conditions like `if ($x = "y")`.
bool may_follow_quote(std::string_view rest) {
    return rest.empty() || is_space(rest.front()) || rest.front() == ';' || rest.front() == '{' ||
           rest.front() == ')';
}

/// A word without the backslashes that Nginx takes as escapes.
std::string unescaped(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char next = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
        switch (next) {
        case '"':
        case '\'':
        case '\\':
            text += next;
            break;
        case 't':
            text += '\t';
            break;
        case 'r':
            text += '\r';
            break;
        case 'n':
            text += '\n';
            break;
        default:
            text += raw[i];
            continue;
        }
        ++i;
    }
    return text;
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

nginx_lexer::nginx_lexer(source in) : in_(std::move(in)), text_(in_->text()) {}

void nginx_lexer::fail(std::size_t offset, std::size_t length, std::string message,
                       std::string help) {
    problem_ = diagnostic{hop_code::nginx_syntax,
                          std::move(message),
                          {first_line(in_, offset, offset + length), ""},
                          {},
                          std::move(help)};
    at_ = text_.size();
}

nginx_statement nginx_lexer::unended(const nginx_statement& statement) {
    const nginx_word& name = statement.words.front();
    fail(name.offset, name.length, "no `;` ends the directive " + quoted(name.text),
         "end it with `;`");
    return {nginx_statement::kinds::broken, {}, at_};
}

/// Skips white space and comments; false at the end of the file.
bool nginx_lexer::skip_space() {
    while (at_ < text_.size()) {
        if (text_[at_] == '#') {
            at_ = text_.find('\n', at_);
            if (at_ == std::string_view::npos)
                at_ = text_.size();
        } else if (is_space(text_[at_])) {
            ++at_;
        } else {
            return true;
        }
    }
    return false;
}

/// Reads the word that starts here. False if it is a quoted one that does not end, or that goes on
/// behind its closing quote.
bool nginx_lexer::read_word(nginx_statement& into) {
    const std::size_t start = at_;
    const char quote = text_[at_] == '"' || text_[at_] == '\'' ? text_[at_++] : '\0';
    const std::size_t first = at_;
    bool after_dollar = false; // the `{` of `${name}` opens no block
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '{' && after_dollar)
            continue;
        after_dollar = c == '$';
        if (c == '\\')
            ++at_;
        else if (quote != '\0' ? c == quote : is_space(c) || c == ';' || c == '{')
            break;
    }
    at_ = std::min(at_, text_.size());
    std::string text = unescaped(text_.substr(first, at_ - first));
    if (quote == '\0') {
        into.words.push_back({std::move(text), start, at_ - start});
        return true;
    }
    if (at_ == text_.size()) {
        fail(start, 1, "the quote that starts here does not end",
             std::string("close it with `") + quote + '`');
        return false;
    }
    ++at_;
    into.words.push_back({std::move(text), start, at_ - start});
    if (may_follow_quote(text_.substr(at_)))
        return true;
    fail(at_, 1, "a word goes on behind its closing quote",
         "put a space or `;` behind the quote, or a backslash before a quote inside the word");
    return false;
}

nginx_statement nginx_lexer::next() {
    using kinds = nginx_statement::kinds;
    nginx_statement statement;
    while (!problem_ && skip_space()) {
        const std::size_t here = at_;
        const char c = text_[here];
        if (c == ';' || c == '{') {
            if (statement.words.empty()) {
                fail(here, 1, std::string("`") + c + "` without a directive before it",
                     "remove it");
                break;
            }
            statement.kind = c == ';' ? kinds::simple : kinds::block_start;
            statement.end = ++at_;
            return statement;
        }
        if (c == '}') {
            if (!statement.words.empty())
                return unended(statement);
            statement.kind = kinds::block_end;
            statement.end = ++at_;
            return statement;
        }
        if (!read_word(statement))
            break;
    }
    if (problem_)
        return {kinds::broken, {}, at_};
    if (!statement.words.empty())
        return unended(statement);
    statement.end = at_;
    return statement;
}

bool nginx_lexer::skip_lua() {
    const auto end = end_of_lua(text_, at_);
    if (!end) {
        fail(at_ - 1, 1, "the block of Lua that starts here does not end", "close it with `}`");
        return false;
    }
    at_ = *end;
    return true;
}

} // namespace pulsegate
