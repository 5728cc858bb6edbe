#include "config/nearest.hpp"

#include "base/quoted.hpp"
#include "config/keys.hpp"

#include <algorithm>
#include <vector>

namespace pulsegate {
namespace {

constexpr std::size_t shortest_short_form = 3;
constexpr std::size_t longest_word = 64; // nobody's typing mistake; keeps the cost bounded

std::string lower(std::string_view word) {
    std::string out(word);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

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

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // rows[i][j]: the distance between the first i characters of `a` and the first j of `b`.
    std::vector rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            rows[i][j] =
                std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a.size()][b.size()];
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
    if (word.empty() || word.size() > longest_word)
        return std::nullopt;
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::optional<std::string_view> found;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > longest_word)
            continue;
        const bool is_shortened =
            word.size() >= shortest_short_form && lower(candidate).starts_with(lower(word));
        const std::size_t distance =
            is_shortened ? 1 : edit_distance(lower(word), lower(candidate));
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

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
