#include "alignment/haproxy/times.hpp"

#include "base/quoted.hpp"

#include <charconv>
#include <cstdint>

namespace pulsegate {
namespace {

constexpr std::int64_t longest = 2'147'483'647; // milliseconds, about 24.8 days

struct unit {
    std::string_view name;
    std::int64_t in_microseconds;
};
constexpr unit units[] = {
    {"us", 1},         {"ms", 1'000},        {"", 1'000},           {"s", 1'000'000},
    {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000},
};

parse_error not_a_time(std::string_view text) {
    return {quoted(text) + " is not a time",
            "write one whole number and one of the units `us`, `ms`, `s`, `m`, `h`, `d`, such as "
            "`90s`"};
}

} // namespace

parsed<milliseconds> parse_haproxy_time(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0)
        return not_a_time(text);
    const parse_error too_long{quoted(text) + " is longer than HAProxy can wait",
                               "write at most `24d`"};
    std::int64_t count = 0;
    if (std::from_chars(text.data(), text.data() + digits, count).ec != std::errc{})
        return too_long;
    for (const unit& each : units) {
        if (each.name != text.substr(digits))
            continue;
        if (count > longest * 1'000 / each.in_microseconds)
            return too_long;
        return std::chrono::ceil<milliseconds>(
            std::chrono::microseconds(count * each.in_microseconds));
    }
    return not_a_time(text);
}

} // namespace pulsegate
