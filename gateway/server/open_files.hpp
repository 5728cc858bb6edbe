// Open files against `limits.connections`.
#pragma once

#include <cstdint>

namespace pulsegate {

/// Raises the soft limit of open files to the hard one, and logs a warning if that is too few for
/// so many connections: a session takes a descriptor for each leg.
void raise_open_files(std::uint64_t connections);

} // namespace pulsegate
