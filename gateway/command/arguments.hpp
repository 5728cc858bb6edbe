// The command line: which command runs, with which options.
#pragma once

namespace pulsegate {

/// Runs what the arguments ask for; `--help` and `--version` are answered here.
/// \return the program's exit code; 2 for bad usage.
[[nodiscard]] int run_command(int argc, char** argv);

} // namespace pulsegate
