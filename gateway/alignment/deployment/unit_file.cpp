#include "alignment/deployment/unit_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

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

using microseconds = std::chrono::microseconds;

constexpr std::int64_t second = 1'000'000; // microseconds, like all below
constexpr std::int64_t longest = std::int64_t{1} << 60;
constexpr std::string_view time_blanks = " \t\r\n";
constexpr std::string_view digits = "0123456789";

struct unit {
    std::string_view name;
    std::int64_t in_microseconds;
};

// Of two names that begin alike, the longer one first.
constexpr std::array units{
    unit{"seconds", second},
    unit{"second", second},
    unit{"sec", second},
    unit{"s", second},
    unit{"minutes", 60 * second},
    unit{"minute", 60 * second},
    unit{"min", 60 * second},
    unit{"months", 2'629'800 * second},
    unit{"month", 2'629'800 * second},
    unit{"M", 2'629'800 * second},
    unit{"msec", 1'000},
    unit{"ms", 1'000},
    unit{"m", 60 * second},
    unit{"hours", 3'600 * second},
    unit{"hour", 3'600 * second},
    unit{"hr", 3'600 * second},
    unit{"h", 3'600 * second},
    unit{"days", 86'400 * second},
    unit{"day", 86'400 * second},
    unit{"d", 86'400 * second},
    unit{"weeks", 604'800 * second},
    unit{"week", 604'800 * second},
    unit{"w", 604'800 * second},
    unit{"years", 31'557'600 * second},
    unit{"year", 31'557'600 * second},
    unit{"y", 31'557'600 * second},
    unit{"usec", 1},
    unit{"us", 1},
    unit{"µs", 1},
    unit{"μs", 1},
};

void skip(std::string_view& text, std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string_view take_digits(std::string_view& text) {
    const std::string_view all = text;
    skip(text, digits);
    return all.substr(0, all.size() - text.size());
}

/// Takes the unit at the beginning of `text`, if there is one.
std::int64_t take_unit(std::string_view& text) {
    for (const unit& each : units)
        if (text.starts_with(each.name)) {
            text.remove_prefix(each.name.size());
            return each.in_microseconds;
        }
    return second;
}

/// Takes one number with its unit; nothing if there is none, or it is too large.
std::optional<std::int64_t> take_part(std::string_view& text) {
    const std::string_view whole = take_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits(text);
        if (fraction.empty())
            return std::nullopt;
    } else if (whole.empty()) {
        return std::nullopt;
    }
    const std::string_view rest = text;
    skip(text, time_blanks);
    const std::int64_t unit = take_unit(text);
    if (text.size() == rest.size() && !text.empty())
        return std::nullopt; // something that is neither a unit nor apart
    std::int64_t count = 0;
    if (!whole.empty() &&
        std::from_chars(whole.data(), whole.data() + whole.size(), count).ec != std::errc{})
        return std::nullopt;
    if (count > longest / unit)
        return std::nullopt;
    std::int64_t total = count * unit;
    std::int64_t place = unit / 10;
    for (const char digit : fraction) {
        total += (digit - '0') * place;
        place /= 10;
    }
    return total;
}

} // namespace

unit_file read_unit(const source& in) {
    return unit_reader(in).read();
}

std::optional<milliseconds> parse_unit_time(std::string_view text) {
    skip(text, time_blanks);
    text = text.substr(0, text.find_last_not_of(time_blanks) + 1);
    if (text == "infinity")
        return unit_time_infinity;
    if (text.empty())
        return std::nullopt;
    std::int64_t total = 0;
    while (!text.empty()) {
        const auto part = take_part(text);
        if (!part || *part > longest - total)
            return std::nullopt;
        total += *part;
        skip(text, time_blanks);
    }
    return std::chrono::ceil<milliseconds>(microseconds(total));
}

} // namespace pulsegate
