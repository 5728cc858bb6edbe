// The ways in which the gateway is stopped, as users read them. Pure.
#pragma once

#include "alignment/deployment/stop.hpp"

#include <boost/json/array.hpp>

namespace pulsegate {

/// A line for each plan: what is waited for how long, and what a drain takes.
[[nodiscard]] std::string render_stop_plans(const std::vector<stop_plan>& plans,
                                            milliseconds drain);
[[nodiscard]] boost::json::array stop_plans_to_json(const std::vector<stop_plan>& plans,
                                                    milliseconds drain);

} // namespace pulsegate
