// `pulsegate version`: what this binary is made of.
#pragma once

#include <string>

namespace pulsegate {

/// `pulsegate 0.1.0`
[[nodiscard]] std::string version_line();

/// The version, the compiler and the libraries, one on each line. yaml-cpp and prometheus-cpp do
/// not tell their versions to programs and are left out.
[[nodiscard]] std::string version_report();

} // namespace pulsegate
