// Every key that gateway.yaml may have: one table, which drives loading, suggestions and the test
// of the default file. To add a key, add its field to `configuration`, its row here and its line to
// gateway.yaml.
#pragma once

#include "config/value_format.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

/// How a list of sections is stored.
struct list_format {
    void (*clear)(const target&) = nullptr;
    target (*append)(const target&) = nullptr; // adds a default item; the target of its keys
    std::vector<target> (*items)(const target&) = nullptr; // the targets of the keys of each item
    bool may_be_empty = false;
};

struct key_row {
    enum class kinds { value, section, list };

    std::string_view path; // without indexes: `routes[].path`
    kinds kind = kinds::value;
    value_format format{};      // of a value
    list_format list{};         // of a list; its items are the section `path[]`
    std::string_view same_as{}; // of a section: it has the keys of this one
    bool is_required = false;   // within its section
    bool is_read_last = false;  // after the other keys of its section: it inherits from them
    bool (*is_there)(const target&) = nullptr; // of a section that has no defaults; else always

    /// The last part of the path: `interval` of `heartbeat.interval`.
    [[nodiscard]] std::string_view name() const;
    /// The section it stands in: `heartbeat`; "" for the top level.
    [[nodiscard]] std::string_view section() const;
};

[[nodiscard]] std::span<const key_row> key_table();

/// The row of a key; null if there is none.
[[nodiscard]] const key_row* find_key(std::string_view section, std::string_view name);

/// The names of a section's keys, in the order of the table.
[[nodiscard]] std::vector<std::string_view> names_in(std::string_view section);

} // namespace pulsegate
