// Values of a directive as Nginx finds them: its own block's, else those of the blocks around; and
// how it reads times, numbers and flags. Pure.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "base/time.hpp"
#include "config/source.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The value of a directive that is in force in some block.
template <class T>
struct nginx_setting {
    T value{};
    std::optional<span> set_at; // the directive with its `;`; nothing: the default of Nginx
    span block; // the head of the innermost block where it could be set: `location /ws/`; empty, at
                // the start of the main file, where there is no block around it
};

/// Reads `60` (seconds), `1m30s`, `500ms` or `1h 30m`: whole numbers with the units `w`, `d`, `h`,
/// `m`, `s`, `ms`, from large to small, each at most once. Nothing for all that Nginx refuses;
/// years and months are among it here.
/// Source: ngx_parse_time() with is_sec = 0.
[[nodiscard]] std::optional<milliseconds> parse_nginx_time(std::string_view text);

/// A decimal number without sign.
[[nodiscard]] std::optional<std::uint64_t> parse_nginx_count(std::string_view text);

/// `on` or `off`, in any case.
[[nodiscard]] std::optional<bool> parse_nginx_flag(std::string_view text);

/// A block and, outwards, the blocks around it, as far as values are inherited from them.
/// Lifetime: the block and the outer level outlive *this.
class nginx_level {
public:
    explicit nginx_level(const nginx_directive& block, const nginx_level* outer = nullptr);

    [[nodiscard]] const nginx_directive& block() const { return block_; }
    [[nodiscard]] const nginx_level* outer() const { return outer_; }

    /// True for `if` and `limit_except`: they can have a `proxy_pass`, but take their settings from
    /// the location around.
    [[nodiscard]] bool is_condition() const;

    /// The known directives of this block itself that are no blocks, and its `if`s, in order.
    [[nodiscard]] const std::vector<const nginx_directive*>& own() const { return own_; }

    /// All directives of this block itself that are no blocks: simple ones, as Nginx calls them.
    [[nodiscard]] const std::vector<const nginx_directive*>& simple() const { return simple_; }

    /// The first of own() with this name; null if there is none.
    [[nodiscard]] const nginx_directive* own(std::string_view name) const;

    /// The innermost block in which settings can be made.
    [[nodiscard]] const nginx_directive& settings_block() const;

private:
    const nginx_directive& block_;
    const nginx_level* const outer_;
    std::vector<const nginx_directive*> own_;
    std::vector<const nginx_directive*> simple_;
};

/// \param parse  turns the first argument into an optional value; what it refuses counts as absent.
template <class T, class Parse>
[[nodiscard]] nginx_setting<T> setting_in_force(const nginx_level& where, std::string_view name,
                                                T otherwise, Parse parse) {
    nginx_setting<T> setting{std::move(otherwise), std::nullopt, where.settings_block().head()};
    for (const nginx_level* level = &where; level; level = level->outer()) {
        const nginx_directive* const found = level->own(name);
        if (!found)
            continue;
        if (auto value = parse(found->argument(0))) {
            setting.value = std::move(*value);
            setting.set_at = found->whole();
        }
        break;
    }
    return setting;
}

} // namespace pulsegate
