#include "base/log_format.hpp"

#include "base/assert.hpp"
#include "base/json_text.hpp"
#include "base/quoted.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace pulsegate::log {
namespace {

std::string rfc3339(std::chrono::system_clock::time_point when) {
    using namespace std::chrono;
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{floor<milliseconds>(when - day)};
    std::array<char, 40> text;
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()));
    PULSEGATE_ASSERT(size > 0 && static_cast<std::size_t>(size) < text.size());
    return {text.data(), static_cast<std::size_t>(size)};
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

bool may_stand_bare(char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '=' && c != '\\';
}

/// Appends a byte so that it is printable ASCII on the one line.
void append_escaped(std::string& line, char c) {
    switch (c) {
    case '\n':
        line += "\\n";
        return;
    case '\r':
        line += "\\r";
        return;
    case '\t':
        line += "\\t";
        return;
    default:
        break;
    }
    if (is_printable(c)) {
        line += c;
        return;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    line += "\\x";
    line += digits[byte >> 4];
    line += digits[byte & 15];
}

void append_quoted(std::string& line, std::string_view value) {
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\')
            line += '\\';
        append_escaped(line, c);
    }
    line += '"';
}

/// Decimal digits enough for what logs hold (seconds to the millisecond, round trips to the
/// microsecond), without trailing zeros.
std::string to_decimal(double value) {
    if (!std::isfinite(value))
        return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    std::array<char, 400> text; // the largest double has 309 digits
    const int decimals = std::abs(value) < 1 ? 6 : 3;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value,
                                            std::chars_format::fixed, decimals);
    PULSEGATE_ASSERT(error == std::errc{});
    std::string digits(text.data(), end);
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.'))
        digits.pop_back();
    return digits == "-0" ? "0" : digits;
}

struct text_value {
    std::string& line;

    void operator()(std::string_view value) const {
        bool bare = !value.empty();
        for (const char c : value)
            bare = bare && may_stand_bare(c);
        if (bare)
            line += value;
        else
            append_quoted(line, value);
    }
    void operator()(std::int64_t value) const { line += std::to_string(value); }
    void operator()(std::uint64_t value) const { line += std::to_string(value); }
    void operator()(double value) const { line += to_decimal(value); }
    void operator()(bool value) const { line += value ? "true" : "false"; }
};

struct json_value {
    boost::json::value operator()(std::string_view value) const {
        return boost::json::string(to_valid_utf8(value));
    }
    boost::json::value operator()(std::int64_t value) const { return value; }
    boost::json::value operator()(std::uint64_t value) const { return value; }
    boost::json::value operator()(double value) const {
        if (!std::isfinite(value))
            return nullptr;
        const std::string digits = to_decimal(value);
        double rounded = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
        return rounded;
    }
    boost::json::value operator()(bool value) const { return value; }
};

std::string text_line(std::string time, level severity, std::string_view message,
                      std::span<const field> fields) {
    std::string line = std::move(time);
    line += ' ';
    line += name_of(severity);
    line.append(name_of(severity).size() < 5 ? 5 - name_of(severity).size() : 0, ' ');
    line += ' ';
    for (const char c : message)
        append_escaped(line, c);
    for (const field& each : fields) {
        line += ' ';
        line += each.key;
        line += '=';
        std::visit(text_value{line}, each.value);
    }
    return line;
}

std::string json_line(const std::string& time, level severity, std::string_view message,
                      std::span<const field> fields) {
    boost::json::object object;
    object.reserve(3 + fields.size());
    object.emplace("time", time);
    object.emplace("level", name_of(severity));
    object.emplace("message", to_valid_utf8(message));
    for (const field& each : fields)
        object.emplace(each.key, std::visit(json_value{}, each.value));
    return to_json_text(object);
}

} // namespace

std::string_view name_of(level severity) {
    switch (severity) {
    case level::debug:
        return "debug";
    case level::info:
        return "info";
    case level::warning:
        return "warning";
    case level::error:
        return "error";
    }
    PULSEGATE_ASSERT(false);
}

std::string_view priority_of(level severity) {
    switch (severity) {
    case level::debug:
        return "<7>";
    case level::info:
        return "<6>";
    case level::warning:
        return "<4>";
    case level::error:
        return "<3>";
    }
    PULSEGATE_ASSERT(false);
}

bool is_journal(std::string_view journal_stream, std::uint64_t device, std::uint64_t inode) {
    return journal_stream == std::to_string(device) + ':' + std::to_string(inode);
}

std::string format_line(format form, std::chrono::system_clock::time_point when, level severity,
                        std::string_view message, std::span<const field> fields) {
    return form == format::json ? json_line(rfc3339(when), severity, message, fields)
                                : text_line(rfc3339(when), severity, message, fields);
}

} // namespace pulsegate::log
