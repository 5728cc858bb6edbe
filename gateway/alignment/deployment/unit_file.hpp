// A unit file of systemd as a list of assignments: systemd.syntax(7). Pure.
#pragma once

#include "config/source.hpp"

#include <string>
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

} // namespace pulsegate
