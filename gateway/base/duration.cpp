#include "base/duration.hpp"

#include "base/ascii_case.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>

namespace pulsegate {
namespace {

constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max();

struct unit {
    std::string_view name;
    std::int64_t in_milliseconds;
};
constexpr unit units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};

const unit* find_unit(std::string_view name) {
    for (const unit& each : units)
        if (each.name == name)
            return &each;
    return nullptr;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Splits the leading characters that satisfy `belongs` off `text`.
template <class Predicate>
std::string_view take(std::string_view& text, Predicate belongs) {
    std::size_t length = 0;
    while (length < text.size() && belongs(text[length]))
        ++length;
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

/// `count * unit + sum`, or nothing if that is past the range.
std::optional<std::int64_t> add(std::int64_t sum, std::string_view digits, const unit& each) {
    std::int64_t count = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), count).ec != std::errc{})
        return std::nullopt;
    if (count > (longest - sum) / each.in_milliseconds)
        return std::nullopt;
    return sum + count * each.in_milliseconds;
}

struct foreign_unit {
    std::string_view name;
    double in_milliseconds;
};
constexpr foreign_unit foreign_units[] = {
    {"ms", 1},      {"msec", 1},     {"millisecond", 1}, {"milliseconds", 1}, {"s", 1e3},
    {"sec", 1e3},   {"secs", 1e3},   {"second", 1e3},    {"seconds", 1e3},    {"m", 6e4},
    {"min", 6e4},   {"mins", 6e4},   {"minute", 6e4},    {"minutes", 6e4},    {"h", 36e5},
    {"hr", 36e5},   {"hrs", 36e5},   {"hour", 36e5},     {"hours", 36e5},     {"d", 864e5},
    {"day", 864e5}, {"days", 864e5}, {"w", 6048e5},      {"week", 6048e5},    {"weeks", 6048e5},
};

/// What `40 seconds`, `2.5s` or `1d` was meant for; nothing if that is not plain.
std::optional<milliseconds> guess_duration(std::string_view text) {
    constexpr double most = 1e15;
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    double sum = 0;
    (void)take(text, is_space);
    do {
        const std::string_view number = take(text, [](char c) { return is_digit(c) || c == '.'; });
        double count = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), count);
        if (number.empty() || error != std::errc{} || end != number.data() + number.size())
            return std::nullopt;
        (void)take(text, is_space);
        const std::string unit = lower_case(
            take(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }));
        const auto found =
            std::find_if(std::begin(foreign_units), std::end(foreign_units),
                         [&](const foreign_unit& each) { return each.name == unit; });
        if (found == std::end(foreign_units))
            return std::nullopt;
        sum += count * found->in_milliseconds;
        (void)take(text, is_space);
    } while (!text.empty() && sum < most);
    if (sum >= most || sum != std::floor(sum))
        return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(sum));
}

parse_error not_a_duration(std::string_view text) {
    const auto meant = guess_duration(text);
    return {quoted(text) + " is not a duration",
            meant ? "write `" + format_duration(*meant) + "`"
                  : "write whole numbers with the units `h`, `m`, `s` and `ms`, such as `25s` or "
                    "`1m30s`"};
}

parse_error no_unit(std::string_view text, std::string_view digits) {
    const std::string number(digits);
    return {quoted(text) + " has no unit of time",
            "write `" + number + "s` for seconds or `" + number + "ms` for milliseconds"};
}

} // namespace

parsed<milliseconds> parse_duration(std::string_view text) {
    std::string_view rest = text;
    std::int64_t sum = 0;
    std::int64_t last_unit = longest;
    bool is_ordered = true;
    do {
        const std::string_view digits = take(rest, is_digit);
        if (digits.empty())
            return not_a_duration(text);
        if (rest.empty() && digits.size() == text.size())
            return no_unit(text, digits);
        const std::string_view name =
            take(rest, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
        const unit* const found = find_unit(name);
        if (found == nullptr)
            return not_a_duration(text);
        const auto total = add(sum, digits, *found);
        if (!total)
            return parse_error{quoted(text) + " is longer than any duration", ""};
        sum = *total;
        is_ordered = is_ordered && found->in_milliseconds < last_unit;
        last_unit = found->in_milliseconds;
    } while (!rest.empty());
    if (!is_ordered)
        return parse_error{"the units of " + quoted(text) + " do not go from large to small",
                           "write `" + format_duration(milliseconds(sum)) + "`"};
    return milliseconds(sum);
}

std::string format_duration(milliseconds value) {
    if (value == milliseconds::zero())
        return "0s";
    std::string out = value < milliseconds::zero() ? "-" : "";
    // Unsigned, so that the most negative value has a magnitude too.
    auto rest = static_cast<std::uint64_t>(value.count());
    if (value < milliseconds::zero())
        rest = ~rest + 1;
    for (const unit& each : units) {
        const auto size = static_cast<std::uint64_t>(each.in_milliseconds);
        if (rest >= size)
            out += std::to_string(rest / size) + std::string(each.name);
        rest %= size;
    }
    return out;
}

} // namespace pulsegate
