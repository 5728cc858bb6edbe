// `pulsegate explain CODE`: what a diagnostic means.
#pragma once

#include <iosfwd>
#include <string_view>

namespace pulsegate {

/// Writes the cause, a bad and a good example and the source of a code such as `PG104` to `out`;
/// for a code that does not exist, all codes to `errors`.
///
/// \return the exit code: 0, or 2 if there is no such code.
[[nodiscard]] int explain(std::string_view name, std::ostream& out, std::ostream& errors);

} // namespace pulsegate
