// Where a heartbeat's values come from: a route's own, the common ones, or the defaults. Pure.
#pragma once

#include "config/reading.hpp"

#include <string>
#include <string_view>

namespace pulsegate {

struct provenance {
    const origin* at = nullptr; // null: the default
    bool is_own = false;        // set in this heartbeat, not inherited
    bool is_good = true;        // the value could be used
};

/// \param path  the heartbeat: `heartbeat`, or `routes[0].heartbeat`, which inherits from it.
/// \param name  a key in it: `interval`, `text.expect`.
[[nodiscard]] provenance find_heartbeat_value(const origin_map& origins, const std::string& path,
                                              std::string_view name);

} // namespace pulsegate
