// From the text of gateway.yaml to a configuration, or to everything that is wrong with it.
#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "config/reading.hpp"

#include <vector>

namespace pulsegate {

struct load_result {
    configuration values;                // not to be used if the diagnostics have errors
    std::vector<diagnostic> diagnostics; // in the order of the file
    origin_map origins;                  // where each key was set, for diagnostics of later checks
};

/// Reads and checks a whole configuration. A key that the file leaves out has its default; an empty
/// file is the default configuration.
/// Errors: as diagnostics, all of them in one run; never throws. Touches nothing but `in`.
[[nodiscard]] load_result load_configuration(const source& in);

} // namespace pulsegate
