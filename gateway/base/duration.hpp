// Durations as users write and read them: `25s`, `1m30s`, `250ms`, `2h`. Pure.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace pulsegate {

/// Reads whole numbers with the units `h`, `m`, `s`, `ms`, from large to small, each at most once.
/// Errors: a bare number (the help suggests a unit), an unknown unit, a fraction, a sign, wrong
/// order, or a value past the range of milliseconds.
[[nodiscard]] parsed<milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads back as the same value; a negative value gets a
/// `-`.
[[nodiscard]] std::string format_duration(milliseconds value);

} // namespace pulsegate
