// Sizes in bytes as users write and read them: `125B`, `64KiB`, `16MiB`, `1GiB`. Pure.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace pulsegate {

/// Reads one whole number with one of the units `B`, `KiB`, `MiB`, `GiB`, `TiB`.
/// Errors: a bare number or a unit that leaves open 1000 or 1024 (the help suggests one), anything
/// that is not a whole number, or a value past 2^64 - 1 bytes.
[[nodiscard]] parsed<std::uint64_t> parse_size(std::string_view text);

/// With the largest unit that divides it: parse_size() reads the same value back.
[[nodiscard]] std::string format_size(std::uint64_t bytes);

} // namespace pulsegate
