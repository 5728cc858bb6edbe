// A haproxy.cfg as lines of words, with the conditional blocks of configuration.txt section 2.4
// resolved as far as a file alone can: every branch is there, and marked. Pure.
#pragma once

#include "base/result.hpp"
#include "config/diagnostic.hpp"
#include "config/source.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// Of a line that is cut as HAProxy does it: configuration.txt section 2.2.
struct haproxy_word {
    std::string text;          // without quotes and escapes
    span where;                // as written, with them
    bool has_variable = false; // stands for something else: an environment variable inside "…"
};

/// What is wrong with a line, and where.
struct haproxy_word_error {
    span where;
    std::string message;
    std::string help;
};

/// The words of the line that holds the byte at `offset`; none for an empty line or a comment.
/// Errors: a quote or a brace that is not closed, a `\x` without two hexadecimal digits.
[[nodiscard]] result<std::vector<haproxy_word>, haproxy_word_error>
split_haproxy_line(const source& in, std::size_t offset);

struct haproxy_line {
    std::vector<haproxy_word> words; // at least one
    bool is_conditional = false;     // stands in a branch of `.if`, so HAProxy may skip it

    /// From the first word to the last.
    [[nodiscard]] span where() const;
};

/// Empty lines, comments and the directives that begin with a dot are left out.
/// \param problems  receives hop_code::haproxy_syntax for lines that HAProxy rejects.
[[nodiscard]] std::vector<haproxy_line> read_haproxy_lines(const source& in,
                                                           std::vector<diagnostic>& problems);

} // namespace pulsegate
