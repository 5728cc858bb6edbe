#include "config/unknown_key.hpp"

#include "base/quoted.hpp"
#include "config/keys.hpp"
#include "config/nearest.hpp"

namespace pulsegate {
namespace {

std::string list_of(std::span<const std::string_view> names) {
    std::string out;
    for (const std::string_view name : names)
        out += (out.empty() ? "" : ", ") + quoted(name);
    return out;
}

/// The first key of any section with exactly this name.
const key_row* find_anywhere(std::string_view name) {
    for (const key_row& row : key_table())
        if (row.name() == name && row.same_as.empty())
            return &row;
    return nullptr;
}

std::vector<std::string_view> all_names() {
    std::vector<std::string_view> names;
    for (const key_row& row : key_table())
        names.push_back(row.name());
    return names;
}

/// "did you mean" a key of this section, else of another one, else what there is here.
std::string suggestion(std::string_view section, std::string_view name) {
    const std::vector<std::string_view> names = names_in(section);
    if (const auto meant = nearest(name, names))
        return "did you mean " + quoted(*meant) + '?';
    const auto meant = nearest(name, all_names());
    const key_row* const other = meant ? find_anywhere(*meant) : nullptr;
    if (other == nullptr)
        return "the keys here are " + list_of(names);
    const std::string place =
        other->section().empty() ? "at the top level" : "in " + quoted(other->section());
    if (*meant == name)
        return quoted(name) + " belongs " + place;
    return "did you mean " + quoted(*meant) + ' ' + place + '?';
}

} // namespace

diagnostic unknown_key(std::string_view section, std::string_view path, const yaml_value& key) {
    const std::string_view name = key.text;
    const std::string place = path.empty() ? "at the top level" : "in " + quoted(path);
    diagnostic out{code::unknown_key,
                   "unknown key " + quoted(name),
                   {key.where, "not a key " + place},
                   {},
                   ""};
    if (name == "<<") {
        out.primary.text = "a merge key, which this file cannot have";
        out.help = "write the keys out, or use an alias for a whole value";
    } else {
        out.help = suggestion(section, name);
    }
    return out;
}

} // namespace pulsegate
