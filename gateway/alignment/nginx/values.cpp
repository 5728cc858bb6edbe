#include "alignment/nginx/values.hpp"

#include "alignment/nginx/directives.hpp"
#include "base/ascii_case.hpp"

#include <algorithm>
#include <charconv>

namespace pulsegate {

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
    for (const nginx_directive& each : block.children)
        if (each.is_block ? each.name() == "if" : find_nginx_directive(each.name()) != nullptr)
            own_.push_back(&each);
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
