// Time spans as systemd reads them: systemd.time(7). Pure.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace pulsegate {

/// What `infinity` stands for.
inline constexpr milliseconds unit_time_infinity = milliseconds::max();

/// Reads `90`, `90s`, `1min 30s`, `1.5h` or `infinity`: numbers with units, in any order, added up;
/// one without a unit counts seconds. Less than a millisecond is rounded up. Nothing for all that
/// systemd ignores with a warning.
/// Source: parse_time() of systemd.
[[nodiscard]] std::optional<milliseconds> parse_unit_time(std::string_view text);

} // namespace pulsegate
