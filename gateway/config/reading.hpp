// The state of one loading: what was found wrong, and where each key of the file was set. One
// thread.
#pragma once

#include "config/diagnostic.hpp"
#include "config/yaml.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// Where a key of the file was set, and whether its value could be used.
struct origin {
    span key;
    span value;
    bool is_good = false;
};

/// By the path of the key, with indexes: `heartbeat.interval`, `routes[0].path`.
using origin_map = std::map<std::string, origin, std::less<>>;

/// A key as it stands in the file.
struct given {
    std::string path; // with indexes
    span key;
    const yaml_value& value;
    std::string fallback; // the default as text; empty if there is none
};

class reading {
public:
    void report(code id, label where, std::string message, std::string help = "");
    void report(diagnostic what) { diagnostics.push_back(std::move(what)); }

    /// The text of a scalar. Anything else is reported: `expected` completes "must be ...".
    [[nodiscard]] std::optional<std::string_view> text_of(const given& at,
                                                          std::string_view expected);

    /// Where a key was set; null if the file leaves it out.
    [[nodiscard]] const origin* find(std::string_view path) const;

    /// The same; null also if its value could not be used.
    [[nodiscard]] const origin* find_good(std::string_view path) const;

    std::vector<diagnostic> diagnostics;
    origin_map origins;
};

} // namespace pulsegate
