// What the words of log lines, of metrics' labels and of answers mean, for `pulsegate explain`: the
// reasons of refusals, statuses, what goes wrong with applications, messages and fields of lines,
// and the metrics themselves.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

struct log_word {
    std::string_view word; // a field's name, a message, or a label value
    std::string_view meaning;
};

/// Messages and fields of log lines, and label values, that no other table has.
[[nodiscard]] std::span<const log_word> log_words();

/// Writes what such a word means, in each of its senses.
/// \param name  such as `foreign_origin`, `426`, `handshake refused`, `rtt` or
///              `pulsegate_connections`.
/// \return false, with nothing written, if there is no such word.
[[nodiscard]] bool explain_word(std::string_view name, std::ostream& out);

/// All of them but the statuses, to suggest one.
[[nodiscard]] std::vector<std::string_view> all_words();

} // namespace pulsegate
