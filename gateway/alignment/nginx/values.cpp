#include "alignment/nginx/values.hpp"

#include "alignment/nginx/directives.hpp"
#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace pulsegate {
namespace {

struct unit {
    std::string_view name;
    std::int64_t scale; // milliseconds
    int rank;
    int barred_from; // rank: after a unit of this one or a later one this unit is refused
};

// `ms` stands before `m`, with which it begins. A space ends a bare number of seconds.
constexpr std::array<unit, 7> units{{{"w", 604'800'000, 1, 1},
                                     {"d", 86'400'000, 2, 2},
                                     {"h", 3'600'000, 3, 3},
                                     {"ms", 1, 6, 6},
                                     {"m", 60'000, 4, 4},
                                     {"s", 1'000, 5, 5},
                                     {" ", 1'000, 7, 5}}};

/// Adds `number * scale`; false past the range.
bool add(std::int64_t& total, std::int64_t number, std::int64_t scale) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (number > most / scale || total > most - number * scale)
        return false;
    total += number * scale;
    return true;
}

} // namespace

std::optional<milliseconds> parse_nginx_time(std::string_view text) {
    std::int64_t total = 0;
    int rank = 0;
    bool has_number = false;
    while (!text.empty()) {
        // A unit without a number counts as none of it: Nginx accepts ` 60` and `1m s`.
        std::int64_t number = 0;
        if (text.front() >= '0' && text.front() <= '9') {
            const auto [stop, error] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc{})
                return std::nullopt;
            text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
            has_number = true;
        }
        if (text.empty()) {
            if (!add(total, number, 1'000))
                return std::nullopt;
            break;
        }
        const auto found = std::find_if(units.begin(), units.end(), [&](const unit& each) {
            return text.starts_with(each.name);
        });
        if (found == units.end() || rank >= found->barred_from)
            return std::nullopt;
        if (!add(total, number, found->scale))
            return std::nullopt;
        rank = found->rank;
        text.remove_prefix(found->name.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    if (!has_number)
        return std::nullopt;
    return milliseconds(total);
}

std::optional<std::uint64_t> parse_nginx_count(std::string_view text) {
    std::uint64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return count;
}

std::optional<bool> parse_nginx_flag(std::string_view text) {
    if (equals_ignoring_case(text, "on"))
        return true;
    if (equals_ignoring_case(text, "off"))
        return false;
    return std::nullopt;
}

nginx_level::nginx_level(const nginx_directive& block, const nginx_level* outer)
    : block_(block), outer_(outer) {
    for (const nginx_directive& each : block.children) {
        if (each.is_block ? each.name() == "if" : find_nginx_directive(each.name()) != nullptr)
            own_.push_back(&each);
        if (!each.is_block)
            simple_.push_back(&each);
    }
}

bool nginx_level::is_condition() const {
    return block_.name() == "if" || block_.name() == "limit_except";
}

const nginx_directive* nginx_level::own(std::string_view name) const {
    const auto found = std::find_if(own_.begin(), own_.end(), [name](const nginx_directive* each) {
        return each->name() == name;
    });
    return found == own_.end() ? nullptr : *found;
}

const nginx_directive& nginx_level::settings_block() const {
    const nginx_level* level = this;
    while (level->is_condition() && level->outer())
        level = level->outer();
    return level->block();
}

} // namespace pulsegate
