// `pulsegate timeline`: a picture of one quiet connection and of what the proxies would do to it.
#pragma once

#include <iosfwd>
#include <string>

namespace pulsegate {

/// Writes the pictures to `out`; what is wrong with the configuration goes to `errors`.
/// \return the exit code: 0 drawn, 1 the configuration has errors of its own, 2 unreadable file.
[[nodiscard]] int show_timeline(const std::string& config_path, bool as_svg, std::ostream& out,
                                std::ostream& errors);

} // namespace pulsegate
