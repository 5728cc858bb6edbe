// The blocks of an `http` in which requests are handled, and Nginx's choice of a location for a
// path. Pure.
#pragma once

#include "alignment/nginx/pattern.hpp"
#include "alignment/nginx/values.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// A server, or a location, `if` or `limit_except` in it, with the settings in force there.
/// Lifetime: the directive and the outer place outlive *this.
struct nginx_place {
    nginx_level level;
    const nginx_place* outer; // null for a server
    std::vector<std::unique_ptr<nginx_place>> inner;
    std::unique_ptr<nginx_pattern> pattern; // of a location by a regular expression

    nginx_place(const nginx_directive& block, const nginx_level& around, const nginx_place* in);

    [[nodiscard]] const nginx_directive& block() const { return level.block(); }
    /// The nearest server or location: itself, or what is around an `if`.
    [[nodiscard]] const nginx_place& settings() const;
    [[nodiscard]] const nginx_place& server() const;
    /// The place of an inner block; null if there is none.
    [[nodiscard]] const nginx_place* find(const nginx_directive& inner_block) const;
};

struct nginx_location_name {
    enum class kinds : std::uint8_t {
        exact,
        prefix,
        only_prefix, // `^~`: no regular expression comes after it
        regex,
        regex_ignoring_case,
        named,
    };
    kinds kind = kinds::prefix;
    std::string_view text; // without the modifier; of a named one with its `@`

    [[nodiscard]] bool is_prefix() const {
        return kind == kinds::prefix || kind == kinds::only_prefix;
    }
    [[nodiscard]] bool is_regex() const {
        return kind == kinds::regex || kind == kinds::regex_ignoring_case;
    }
};
[[nodiscard]] nginx_location_name location_name(const nginx_directive& location);

struct nginx_choice {
    const nginx_place* place = nullptr; // the server if no location matches
    nginx_captures captures;            // of a regular expression
    bool is_redirect = false;           // Nginx answers 301, with `/` appended
};

/// The location for a path; several where a regular expression is not understood.
/// \param uri  nothing: any location may be it.
[[nodiscard]] std::vector<nginx_choice> choose_location(const nginx_place& server,
                                                        const std::optional<std::string>& uri);

/// Null if there is none.
[[nodiscard]] const nginx_place* find_named_location(const nginx_place& server,
                                                     std::string_view name);

} // namespace pulsegate
