// An Nginx configuration as a tree of directives, of which each word knows its place. Immutable
// once parsed.
#pragma once

#include "config/source.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The bytes `from` to `to` of a file, up to the end of their first line: a span has no second one.
[[nodiscard]] span first_line(const source& in, std::size_t from, std::size_t to);

struct nginx_word {
    std::string text;       // without quotes and escapes
    std::size_t offset = 0; // with quotes
    std::size_t length = 0;
};

/// `name argument argument;`, or a block: `name argument { … }`.
struct nginx_directive {
    source in;
    std::vector<nginx_word> words; // the name and its arguments; empty for the whole configuration
    std::size_t end = 0;           // after the `;`, or the `{` of a block
    bool is_block = false;
    std::vector<nginx_directive> children; // of a block; an `include` is replaced by what it reads

    /// Empty for the whole configuration.
    [[nodiscard]] std::string_view name() const;
    /// Counts from 0; empty if there is none.
    [[nodiscard]] std::string_view argument(std::size_t index) const;
    [[nodiscard]] std::size_t arguments() const { return words.empty() ? 0 : words.size() - 1; }

    // Places; of what spans several lines, its first line.
    [[nodiscard]] span whole() const; // with the `;`
    [[nodiscard]] span head() const;  // without `;` or `{`
    [[nodiscard]] span place_of(const nginx_word& word) const;
};

} // namespace pulsegate
