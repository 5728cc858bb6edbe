// How the rules about stopping word what they have in common. Pure.
#pragma once

#include "config/loader.hpp"

namespace pulsegate {

/// Adds the place of `drain.window`, or says in the primary label that it is the default.
void explain_drain(diagnostic& what, const load_result& loaded);

} // namespace pulsegate
