// A snapshot as the answer to GET /status, and as an event of GET /events. Pure.
#pragma once

#include "metrics/snapshot.hpp"

#include <boost/json/object.hpp>

namespace pulsegate {

/// Counters count from the start of the process; times are seconds since 1970 UTC.
[[nodiscard]] boost::json::object status_to_json(const snapshot& from);

} // namespace pulsegate
