// A haproxy.cfg as lines of words, with the conditional blocks of configuration.txt section 2.4
// resolved as far as a file alone can: every branch is there, and marked. Pure.
#pragma once

#include "alignment/haproxy/words.hpp"
#include "config/diagnostic.hpp"

#include <vector>

namespace pulsegate {

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
