#include "bench/options.hpp"

#include <algorithm>
#include <charconv>

namespace pulsegate::bench {

options::options(std::span<char* const> arguments, std::initializer_list<std::string_view> known) {
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        if (!name.starts_with("--") ||
            std::find(known.begin(), known.end(), name.substr(2)) == known.end()) {
            throw usage_error("unknown option `" + std::string(name) + "`");
        }
        if (i + 1 == arguments.size()) {
            throw usage_error("`" + std::string(name) + "` needs a value");
        }
        values_[std::string(name.substr(2))] = arguments[i + 1];
    }
}

std::optional<std::string> options::text(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t options::number(std::string_view name, std::uint64_t least, std::uint64_t most,
                              std::optional<std::uint64_t> fallback) const {
    const std::optional<std::string> given = text(name);
    if (!given) {
        if (!fallback) {
            throw usage_error("`--" + std::string(name) + "` is missing");
        }
        return *fallback;
    }
    std::uint64_t value = 0;
    const char* const end = given->data() + given->size();
    const auto [stopped, error] = std::from_chars(given->data(), end, value);
    if (error != std::errc{} || stopped != end || value < least || value > most) {
        throw usage_error("`--" + std::string(name) + " " + *given + "` must be a number from " +
                          std::to_string(least) + " to " + std::to_string(most));
    }
    return value;
}

std::uint16_t options::port(std::string_view name) const {
    return static_cast<std::uint16_t>(number(name, 1, 65535));
}

} // namespace pulsegate::bench
