#include "alignment/haproxy/words.hpp"

#include <optional>

namespace pulsegate {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

std::optional<int> hexadecimal(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return std::nullopt;
}

class splitter {
public:
    splitter(const source& in, source_text::line line)
        : in_(in), line_(line.text), line_offset_(line.offset) {}

    result<std::vector<haproxy_word>, haproxy_word_error> split() {
        while (at_ < line_.size() && !error_) {
            const char c = line_[at_];
            if (quote_ == 0 && c == '#')
                break;
            if (quote_ == 0 && is_blank(c)) {
                end_word();
                ++at_;
            } else {
                read_character(c);
            }
        }
        if (!error_ && quote_ != 0)
            fail(quote_at_, line_.size() - quote_at_, "this quote is not closed",
                 std::string("write another `") + quote_ + "` where the text ends");
        if (error_)
            return *error_;
        end_word();
        return std::move(words_);
    }

private:
    void read_character(char c) {
        begin_word();
        if (c == '\\' && quote_ != '\'') {
            read_escape();
        } else if ((c == '"' || c == '\'') && (quote_ == 0 || quote_ == c)) {
            quote_ = quote_ == 0 ? c : '\0';
            quote_at_ = at_++;
        } else if (c == '$' && quote_ == '"') {
            read_variable();
        } else {
            word_->text += c;
            ++at_;
        }
    }

    /// A backslash before anything else stands for itself.
    void read_escape() {
        const char c = at_ + 1 < line_.size() ? line_[at_ + 1] : '\0';
        switch (c) {
        case ' ':
        case '\\':
        case '#':
        case '$':
        case '"':
        case '\'':
            return take_escape(c);
        case 'n':
            return take_escape('\n');
        case 'r':
            return take_escape('\r');
        case 't':
            return take_escape('\t');
        case 'x':
            return read_hexadecimal();
        default:
            word_->text += '\\';
            ++at_;
        }
    }

    void take_escape(char c) {
        word_->text += c;
        at_ += 2;
    }

    void read_hexadecimal() {
        const auto high = at_ + 3 < line_.size() ? hexadecimal(line_[at_ + 2]) : std::nullopt;
        const auto low = at_ + 3 < line_.size() ? hexadecimal(line_[at_ + 3]) : std::nullopt;
        if (!high || !low)
            return fail(at_, 2, "`\\x` without two hexadecimal digits",
                        "write `\\\\x` for a backslash and an `x`");
        word_->text += static_cast<char>(*high * 16 + *low);
        at_ += 4;
    }

    /// `$NAME` or `${NAME…}`; a `$` before anything else is left to HAProxy.
    void read_variable() {
        word_->has_variable = true;
        const std::size_t start = at_++;
        if (at_ >= line_.size() || line_[at_] != '{')
            return;
        const std::size_t end = line_.find('}', at_);
        if (end == std::string_view::npos)
            return fail(start, 2, "this `{` is not closed",
                        "write `}` after the name of the variable");
        at_ = end + 1;
    }

    void begin_word() {
        if (word_)
            return;
        word_.emplace();
        word_->where = {in_, line_offset_ + at_, 0};
    }

    void end_word() {
        if (!word_)
            return;
        word_->where.length = line_offset_ + at_ - word_->where.offset;
        words_.push_back(std::move(*word_));
        word_.reset();
    }

    void fail(std::size_t at, std::size_t length, std::string message, std::string help) {
        error_ = {{in_, line_offset_ + at, length}, std::move(message), std::move(help)};
    }

    const source& in_;
    std::string_view line_;
    std::size_t line_offset_;
    std::size_t at_ = 0;
    char quote_ = '\0'; // the open one
    std::size_t quote_at_ = 0;
    std::optional<haproxy_word> word_;
    std::vector<haproxy_word> words_;
    std::optional<haproxy_word_error> error_;
};

} // namespace

result<std::vector<haproxy_word>, haproxy_word_error> split_haproxy_line(const source& in,
                                                                         std::size_t offset) {
    return splitter(in, in->line_of(offset)).split();
}

} // namespace pulsegate
