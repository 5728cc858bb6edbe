// `pulsegate run`: checks the configuration, then serves until it is told to stop.
#pragma once

#include <string>

namespace pulsegate {

/// Returns the exit code: 0 drained, 78 (EX_CONFIG) for a configuration with errors, 1 for
/// everything else.
/// \param take_over_pid  process id of a gateway with the same addresses, which is to drain once
///                       this one serves; 0: none.
[[nodiscard]] int run(const std::string& config_path, int take_over_pid);

} // namespace pulsegate
