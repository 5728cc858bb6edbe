#include "alignment/deployment/unit_file.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::string_view spaces = " \t\r";

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
    return text.substr(0, text.find_last_not_of(spaces) + 1);
}

bool is_comment(std::string_view line) {
    return line.starts_with('#') || line.starts_with(';');
}

/// A backslash counts only as the very last character, and two of them are no continuation.
bool is_continued(std::string_view line) {
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    const std::size_t last_other = line.find_last_not_of('\\');
    const std::size_t backslashes =
        last_other == line.npos ? line.size() : line.size() - 1 - last_other;
    return backslashes % 2 == 1;
}

class unit_reader {
public:
    explicit unit_reader(source in) : in_(std::move(in)) {}

    unit_file read() {
        const std::string_view text = in_->text();
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            on_line(text.substr(begin, end - begin), begin);
            begin = end + 1;
        }
        finish();
        return std::move(out_);
    }

private:
    void on_line(std::string_view line, std::size_t offset) {
        const std::string_view content = trimmed(line);
        if (is_comment(content))
            return;
        if (joined_.empty()) {
            if (content.empty())
                return;
            const std::size_t indent = static_cast<std::size_t>(content.data() - line.data());
            where_ = {in_, offset + indent, content.size()};
        }
        if (is_continued(line)) {
            joined_ += std::string(content.substr(0, content.size() - 1)) + ' ';
            return;
        }
        joined_ += content;
        finish();
    }

    /// A line with all its continuations is there.
    void finish() {
        const std::string_view line = trimmed(joined_);
        const std::size_t equals = line.find('=');
        if (line.starts_with('[') && line.ends_with(']')) {
            section_ = line.substr(1, line.size() - 2);
            out_.sections.push_back({section_, where_});
        } else if (equals != std::string_view::npos && equals > 0) {
            out_.settings.push_back({section_, std::string(trimmed(line.substr(0, equals))),
                                     std::string(trimmed(line.substr(equals + 1))), where_});
        } else if (!line.empty()) {
            out_.lines_without_meaning.push_back(where_);
        }
        joined_.clear();
    }

    source in_;
    unit_file out_;
    std::string section_;
    std::string joined_; // of the lines that end with a backslash
    span where_;
};

} // namespace

unit_file read_unit(const source& in) {
    return unit_reader(in).read();
}

} // namespace pulsegate
