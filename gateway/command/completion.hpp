// `pulsegate completion SHELL`: a script that completes commands and options, made from the command
// line itself, so that it knows every one.
#pragma once

#include <iosfwd>
#include <string_view>

namespace CLI {
class App;
}

namespace pulsegate {

[[nodiscard]] bool is_completed_shell(std::string_view name);

/// Writes the script for this shell to `out`.
/// \pre is_completed_shell(shell)
void print_completion(const CLI::App& of, std::string_view shell, std::ostream& out);

} // namespace pulsegate
