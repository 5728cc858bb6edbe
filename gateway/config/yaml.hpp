// A YAML file as a tree in which every value knows its place. The only code that sees yaml-cpp: it
// is used through its events, because its own tree keeps duplicate keys silently and loses aliases'
// places.
#pragma once

#include "config/diagnostic.hpp"

#include <deque>
#include <string>
#include <vector>

namespace pulsegate {

struct yaml_value;

struct yaml_entry {
    const yaml_value* key = nullptr;
    const yaml_value* value = nullptr;
};

/// One value. An alias is the anchored value itself, so the tree may even contain itself: walk it
/// by a schema of fixed depth only.
struct yaml_value {
    enum class kinds { null, scalar, list, map };

    kinds kind = kinds::null;
    std::string text; // of a scalar, without quotes and escapes
    span where;       // what to mark; for a value of several lines, of its first line
    std::vector<const yaml_value*> items; // of a list
    std::vector<yaml_entry> entries;      // of a map, in the order of the file, duplicates included
};

/// `nothing`, `text`, `a list` or `a map`.
[[nodiscard]] std::string_view to_string(yaml_value::kinds kind);

/// Owns the values; not copied, since they point at each other.
class yaml_document {
public:
    yaml_document() = default;
    yaml_document(yaml_document&&) = default;
    yaml_document& operator=(yaml_document&&) = default;

    std::deque<yaml_value> values;
    const yaml_value* root = nullptr; // null for a file without content
};

/// Reads the one document of a file. Never throws. The result is of use only without problems.
/// \param problems  receives what makes the file unreadable: bytes that are not text, a syntax
///                  error, or a second document.
[[nodiscard]] yaml_document parse_yaml(const source& in, std::vector<diagnostic>& problems);

/// The same for a file of any number of documents, with `---` between; documents without content
/// are left out.
[[nodiscard]] std::vector<yaml_document> parse_yaml_stream(const source& in,
                                                           std::vector<diagnostic>& problems);

} // namespace pulsegate
