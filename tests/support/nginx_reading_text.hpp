// A reading of an Nginx configuration as text, so that tests can compare whole readings.
#pragma once

#include "alignment/nginx/reading.hpp"

#include <string>

namespace pulsegate::test {

/// All that was read, a line for each value with the file and line where it is set. Paths are
/// relative to the folder of the main file.
[[nodiscard]] std::string to_text(const nginx_reading& reading);

} // namespace pulsegate::test
