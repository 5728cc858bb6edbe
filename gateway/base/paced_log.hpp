// Log lines about what a crowd may bring thousands of: `paced_lines` decides which are written.
// Thread-safe.
#pragma once

#include "base/log.hpp"
#include "base/paced_lines.hpp"

#include <initializer_list>
#include <span>

namespace pulsegate::log {

/// Like write(), for one of many like lines: written if it is among the first few of its kind, else
/// counted. The count comes later, as a line with the same message and words, and `more=COUNT`.
/// \param words  what makes lines alike, besides the message. Few of all that a client may send:
///               there are at most paced_lines::most_kinds kinds.
/// \param own    what this line has besides.
void write_paced(level severity, std::string_view message, std::span<const common_word> words,
                 std::span<const field> own);
void write_paced(level severity, std::string_view message, std::initializer_list<common_word> words,
                 std::initializer_list<field> own = {});

/// Writes the counts that are due; to be called about every second.
/// \param all  also those that are not: nobody will call it any more.
void tell_counts(bool all = false);

} // namespace pulsegate::log
