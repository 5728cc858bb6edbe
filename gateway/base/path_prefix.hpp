// Which request paths belong to a route. Pure.
#pragma once

#include <string_view>

namespace pulsegate {

/// True if `path` begins with all segments of `prefix`: `/edit` has `/edit` and `/edit/7` under it,
/// but not `/editor`; `/edit/` has only what comes after its slash.
[[nodiscard]] bool has_path_prefix(std::string_view path, std::string_view prefix);

} // namespace pulsegate
