#include "alignment/haproxy/lines.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"

namespace pulsegate {
namespace {

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
    struct branch {
        span start;
        bool has_else = false;
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
            return read_directive(words->front());
        lines_.push_back({std::move(*words), !open_.empty()});
    }

    void read_directive(const haproxy_word& word) {
        if (word.text == ".if") {
            open_.push_back({word.where});
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
        } else if (word.text != ".diag" && word.text != ".notice" && word.text != ".warning" &&
                   word.text != ".alert") {
            report(word.where, "no such directive " + quoted(word.text), "");
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
