// A unit file of systemd as a list of assignments, systemd.syntax(7), and the time spans in it,
// systemd.time(7). Pure.
#pragma once

#include "base/time.hpp"
#include "config/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// `Key=value`, with continuation lines joined by spaces.
struct unit_setting {
    std::string section; // without brackets; "" in front of the first one
    std::string key;
    std::string value;
    span where; // the assignment; of a continued one, its first line
};

struct unit_section {
    std::string name;
    span where; // with its brackets
};

struct unit_file {
    std::vector<unit_section> sections; // in the order of the file; a name may stand more than once
    std::vector<unit_setting> settings;
    std::vector<span> lines_without_meaning; // neither section, assignment nor comment
};

/// Comments begin with `#` or `;`, also between the lines of a continuation. Drop-ins are files of
/// their own. The output of `systemctl cat` is one file with all of them.
[[nodiscard]] unit_file read_unit(const source& in);

/// What `infinity` stands for.
inline constexpr milliseconds unit_time_infinity = milliseconds::max();

/// Reads `90`, `90s`, `1min 30s`, `1.5h` or `infinity`: numbers with units, in any order, added up;
/// one without a unit counts seconds. Less than a millisecond is rounded up. Nothing for all that
/// systemd ignores with a warning.
/// Source: parse_time() of systemd.
[[nodiscard]] std::optional<milliseconds> parse_unit_time(std::string_view text);

} // namespace pulsegate
