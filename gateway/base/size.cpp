#include "base/size.hpp"

#include "base/quoted.hpp"

#include <charconv>
#include <limits>

namespace pulsegate {
namespace {

struct size_unit {
    std::string_view name;
    std::uint64_t in_bytes;
};
constexpr size_unit size_units[] = {
    {"TiB", 1ull << 40}, {"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}, {"B", 1}};

/// The unit that `K`, `kb`, `MB`, `gib` and the like were meant for, or null.
const size_unit* guess_unit(std::string_view name) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    if (name.empty() || name.size() > 3)
        return nullptr;
    for (const size_unit& each : size_units)
        if (upper(name[0]) == each.name[0])
            return &each;
    return nullptr;
}

parse_error not_a_size(std::string_view text) {
    return {quoted(text) + " is not a size",
            "write a whole number with one of the units `B`, `KiB`, `MiB`, `GiB` and `TiB`, "
            "such as `16MiB`"};
}

parse_error no_unit(std::string_view text, std::uint64_t count) {
    const std::string best = format_size(count);
    if (best.ends_with("iB"))
        return {quoted(text) + " has no unit of size", "write `" + best + "`"};
    return {quoted(text) + " has no unit of size",
            "write `" + best + "` for bytes or `" + std::to_string(count) + "KiB`"};
}

} // namespace

parsed<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range)
        return parse_error{quoted(text) + " is larger than any size", ""};
    if (error != std::errc{})
        return not_a_size(text);
    std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
    if (name.empty())
        return no_unit(text, count);
    for (const size_unit& each : size_units) {
        if (each.name != name)
            continue;
        if (count > std::numeric_limits<std::uint64_t>::max() / each.in_bytes)
            return parse_error{quoted(text) + " is larger than any size", ""};
        return count * each.in_bytes;
    }
    const std::string_view written = name;
    while (name.starts_with(' '))
        name.remove_prefix(1);
    if (const size_unit* const guess = guess_unit(name))
        return parse_error{written == name ? quoted(name) + " is not a unit of size"
                                           : quoted(text) + " is not a size",
                           "write `" + std::to_string(count) + std::string(guess->name) + "`"};
    return not_a_size(text);
}

std::string format_size(std::uint64_t bytes) {
    if (bytes == 0)
        return "0B";
    for (const size_unit& each : size_units)
        if (bytes % each.in_bytes == 0)
            return std::to_string(bytes / each.in_bytes) + std::string(each.name);
    return {}; // not reached: one byte divides every size
}

} // namespace pulsegate
