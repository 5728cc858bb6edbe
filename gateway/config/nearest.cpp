#include "config/nearest.hpp"

#include <algorithm>
#include <string>
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

} // namespace pulsegate
