// Cuts a line of haproxy.cfg into words, as HAProxy does: configuration.txt section 2.2. Pure.
#pragma once

#include "base/result.hpp"
#include "config/source.hpp"

#include <string>
#include <vector>

namespace pulsegate {

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

} // namespace pulsegate
