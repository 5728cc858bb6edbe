// `pulsegate explain CODE`: what a diagnostic means, or the end of a session.
#pragma once

#include <iosfwd>
#include <string_view>

namespace pulsegate {

/// Writes the cause, a bad and a good example and the source of a code such as `PG104` to `out`;
/// for the reason of a session's end, such as `evicted`, or a close code, such as `1014`, what it
/// means; for a code that does not exist, all codes and reasons to `errors`.
///
/// \return the exit code: 0, or 2 if there is no such code.
[[nodiscard]] int explain(std::string_view name, std::ostream& out, std::ostream& errors);

} // namespace pulsegate
