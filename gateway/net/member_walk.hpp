// A walk along everything that lives on a worker, a part in each turn of its event loop, so that
// sessions do not wait for it. Members may come and go meanwhile, and walks may overlap; together
// they take a share of the worker's time (walk_pace). Owner: the worker.
#pragma once

#include "net/worker_context.hpp"

#include <functional>

namespace pulsegate {

/// How long a walk may keep a worker busy at a time; one visit more than that.
inline constexpr std::chrono::microseconds walk_slice{200};

/// Visits each member that is there now and still there when its turn comes; those that come later
/// are not visited. Begins at once, unless walks have had their share of time.
/// \param visit  may destroy the member, and whatever else it likes; ends the walk with false.
/// \param done   runs once, after the last visit, unless the worker stops before.
/// Thread: the worker's.
void walk_members(worker_context& context, std::function<bool(worker_member&, moment now)> visit,
                  std::function<void()> done);

} // namespace pulsegate
