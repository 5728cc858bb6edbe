// Which word a user probably meant. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the least distance from `word`, if that is at most a third of the word's
/// length (and at least one is always allowed); case is ignored, and the beginning of a
/// candidate is near, as `warn` is to `warning`. Words of more than 64 characters are near nothing.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

} // namespace pulsegate
