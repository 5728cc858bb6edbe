// What to do about a limit, as text to paste: for the rules, and for what the running gateway finds
// about the same limits. Pure.
#pragma once

#include "alignment/beat.hpp"

#include <string>

namespace pulsegate {

/// \param worst  of the heartbeats that the limit concerns, the one that it leaves least.
[[nodiscard]] std::string idle_cure(const hop& of, const limit& idle, const beat& worst);

[[nodiscard]] std::string life_cure(const hop& of, const limit& life, const configuration& values);

} // namespace pulsegate
