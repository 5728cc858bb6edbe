// `pulsegate run`: checks the configuration, then serves until it is told to stop.
#pragma once

#include <string>

namespace pulsegate {

/// Returns the exit code: 0 drained, 78 (EX_CONFIG) for a configuration with errors, 1 for
/// everything else.
[[nodiscard]] int run(const std::string& config_path);

} // namespace pulsegate
