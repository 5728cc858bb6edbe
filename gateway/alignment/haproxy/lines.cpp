#include "alignment/haproxy/lines.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"

#include <algorithm>
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

class line_reader {
public:
    explicit line_reader(std::vector<diagnostic>& problems) : problems_(problems) {}

    void read(const source& in) {
        const std::string& text = in->text();
        for (std::size_t at = 0; at < text.size();) {
            read_line(in, at);
            const std::size_t end = text.find('\n', at);
            if (end == std::string::npos)
                report({in, text.size(), 0}, "the last line has no line end",
                       "end the file with an empty line: HAProxy takes it for truncated");
            at = end == std::string::npos ? text.size() : end + 1;
        }
        for (const branch& each : open_)
            report(each.start, "this `.if` has no `.endif`", "write `.endif` after its last line");
    }

    [[nodiscard]] std::vector<haproxy_line> take() { return std::move(lines_); }

private:
    /// Of one `.if` and what belongs to it. What an earlier branch was decides about the later
    /// ones.
    struct branch {
        span start;
        bool has_else = false;
        bool is_skipped = false;    // this branch is never taken
        bool is_taken = false;      // it always is
        bool had_taken = false;     // an earlier one always is
        bool had_undecided = false; // of an earlier one the file does not tell
    };

    void read_line(const source& in, std::size_t at) {
        auto words = split_haproxy_line(in, at);
        if (!words.has_value()) {
            const haproxy_word_error& error = words.error();
            return report(error.where, error.message, error.help);
        }
        if (words->empty())
            return;
        if (words->front().text.starts_with('.'))
            return read_directive(*words);
        if (!is_any(&branch::is_skipped))
            lines_.push_back({std::move(*words), is_undecided()});
    }

    [[nodiscard]] bool is_any(bool branch::*what) const {
        return std::any_of(open_.begin(), open_.end(),
                           [&](const branch& each) { return each.*what; });
    }

    [[nodiscard]] bool is_undecided() const {
        return std::any_of(open_.begin(), open_.end(),
                           [](const branch& each) { return !each.is_taken; });
    }

    /// Whether a condition is met, if it is a number or nothing at all; of others a running HAProxy
    /// decides.
    static std::optional<bool> value_of(const std::vector<haproxy_word>& words) {
        if (words.size() == 1)
            return false;
        const std::string_view text = words[1].text;
        if (words.size() > 2 || words[1].has_variable ||
            text.find_first_not_of("0123456789") != text.npos)
            return std::nullopt;
        return text.find_first_not_of('0') != text.npos;
    }

    static void decide(branch& which, std::optional<bool> is_met) {
        which.is_skipped = which.had_taken || is_met == false;
        which.is_taken = !which.had_taken && !which.had_undecided && is_met == true;
        which.had_taken = which.had_taken || which.is_taken;
        which.had_undecided = which.had_undecided || !is_met;
    }

    void read_directive(const std::vector<haproxy_word>& words) {
        const haproxy_word& word = words.front();
        if (word.text == ".if") {
            decide(open_.emplace_back(branch{.start = word.where}), value_of(words));
        } else if (word.text == ".endif") {
            if (open_.empty())
                return report(word.where, "`.endif` without an `.if`", "");
            open_.pop_back();
        } else if (word.text == ".else" || word.text == ".elif") {
            if (open_.empty())
                return report(word.where, quoted(word.text) + " without an `.if`", "");
            if (open_.back().has_else)
                return report(word.where, quoted(word.text) + " after `.else`", "");
            open_.back().has_else = word.text == ".else";
            decide(open_.back(), open_.back().has_else ? true : value_of(words));
        } else if (open_.empty() || (!is_any(&branch::is_skipped) && !is_undecided())) {
            // HAProxy looks at no other directive in a branch that it skips.
            if (word.text != ".diag" && word.text != ".notice" && word.text != ".warning" &&
                word.text != ".alert")
                report(word.where, "no such directive " + quoted(word.text),
                       word.text == ".elseif" ? "write `.elif`" : "");
        }
    }

    void report(const span& where, std::string message, std::string help) {
        problems_.push_back(
            {hop_code::haproxy_syntax, std::move(message), {where, ""}, {}, std::move(help)});
    }

    std::vector<diagnostic>& problems_;
    std::vector<branch> open_;
    std::vector<haproxy_line> lines_;
};

} // namespace

result<std::vector<haproxy_word>, haproxy_word_error> split_haproxy_line(const source& in,
                                                                         std::size_t offset) {
    return splitter(in, in->line_of(offset)).split();
}

span haproxy_line::where() const {
    span all = words.front().where;
    all.length = words.back().where.offset + words.back().where.length - all.offset;
    return all;
}

std::vector<haproxy_line> read_haproxy_lines(const source& in, std::vector<diagnostic>& problems) {
    line_reader reader(problems);
    reader.read(in);
    return reader.take();
}

} // namespace pulsegate
