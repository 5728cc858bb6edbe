// What this binary is made of; for pulsegate_build_info and for whoever has to name the version.
#pragma once

#include <string_view>

namespace pulsegate::build_info {

/// The project's version, such as `0.1.0`.
[[nodiscard]] std::string_view version();

/// The compiler and its version, such as `gcc 12.2.0`.
[[nodiscard]] std::string_view compiler();

/// The version of Boost compiled in, such as `1.81`.
[[nodiscard]] std::string_view boost();

} // namespace pulsegate::build_info
