// The clock that everything below the drivers is told the time of. Policies never read a clock:
// a driver takes `clock::now()` once at the head of a handler and passes it down.
#pragma once

#include <chrono>

namespace pulsegate {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;
using milliseconds = std::chrono::milliseconds;

} // namespace pulsegate
