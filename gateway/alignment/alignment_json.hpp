// The alignment for programs: findings, hops, margins, and what each route means to each limit.
// Pure.
#pragma once

#include "alignment/alignment.hpp"

#include <boost/json/object.hpp>

namespace pulsegate {

/// The answer to GET /alignment; findings and hops as `check --format json` has them.
/// \param loaded  what `of` was made from.
[[nodiscard]] boost::json::object alignment_to_json(const alignment& of, const load_result& loaded);

} // namespace pulsegate
