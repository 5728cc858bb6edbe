// What the program tells users about their configuration: a value that is rendered as text, as a
// line or as JSON. The message says what is wrong, the labels where and why, only the help gives
// the cure.
#pragma once

#include "config/codes.hpp"
#include "config/source.hpp"

#include <span>
#include <string>
#include <vector>

namespace pulsegate {

struct label {
    span where;
    std::string text; // may be empty
};

struct diagnostic {
    diagnostic_code id;
    std::string message; // lower case, the user's text in backticks
    label primary;
    std::vector<label> others; // places that explain the primary one
    std::string help;          // may be empty; lines separated by '\n'

    [[nodiscard]] severity level() const { return id.row().level; }
};

[[nodiscard]] bool has_errors(std::span<const diagnostic> diagnostics);

/// Notes are not counted.
struct diagnostic_counts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
};
[[nodiscard]] diagnostic_counts count(std::span<const diagnostic> diagnostics);

/// File by file, in the order of their places there, and each only once: a value that several keys
/// share by a YAML alias is reported once.
void sort_and_unique(std::vector<diagnostic>& diagnostics);

/// With the source lines and marks under them, several lines each, an empty line between two.
[[nodiscard]] std::string render_text(std::span<const diagnostic> diagnostics);

/// `file:line:col: error[PG104]: message; help` each on one line, for editors.
[[nodiscard]] std::string render_line(std::span<const diagnostic> diagnostics);

} // namespace pulsegate
