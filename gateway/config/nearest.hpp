// Which word a user probably meant, and the diagnostic for a key that there is not. Pure.
#pragma once

#include "config/diagnostic.hpp"
#include "config/yaml.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pulsegate {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the least distance from `word`, if that is at most a third of the word's
/// length (and at least one is always allowed); case is ignored, and the beginning of a
/// candidate is near, as `warn` is to `warning`. Words of more than 64 characters are near nothing.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

/// Suggests the key that was probably meant, or the section in which the key belongs.
/// \param section  as in the key table.
/// \param path     of the same section in the file, with indexes; "" for the top level.
[[nodiscard]] diagnostic unknown_key(std::string_view section, std::string_view path,
                                     const yaml_value& key);

} // namespace pulsegate
