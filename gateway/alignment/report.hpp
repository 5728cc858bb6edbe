// The chain as users read it: each hop, its limits, where they come from, and what they leave; and
// the ways in which the gateway is stopped. Pure.
#pragma once

#include "alignment/alignment.hpp"
#include "alignment/deployment/stop.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace pulsegate {

/// One limit of one hop, in words.
struct report_row {
    std::string hop;
    std::string limit;  // `idle 1m`; `idle 1m, HTTP too`; `no known limit`
    std::string option; // `proxy_read_timeout`; may be empty
    std::string from;   // `nginx.conf:41`, `default, nginx.conf:12`, `assumed: …`
    std::string margin; // `29.9s`; empty where there is none
};

[[nodiscard]] std::vector<report_row> report_rows(const alignment& of);

/// The rows as a table, and the gateway's own heartbeats below it; empty without hops.
[[nodiscard]] std::string render_chain(const alignment& of);

/// The hops as an array: name, limits with milliseconds, origin and margins.
[[nodiscard]] boost::json::array chain_to_json(const alignment& of);

/// Where the figure of a limit comes from: `nginx.conf:41`, `default, nginx.conf:12`, `assumed: …`.
[[nodiscard]] std::string origin_text(const limit& which);

/// Seconds with one decimal: `29.9s`, `-5.1s`.
[[nodiscard]] std::string format_margin(milliseconds value);

/// A line for each plan: what is waited for how long, and what a drain takes.
[[nodiscard]] std::string render_stop_plans(const std::vector<stop_plan>& plans,
                                            milliseconds drain);
[[nodiscard]] boost::json::array stop_plans_to_json(const std::vector<stop_plan>& plans,
                                                    milliseconds drain);

/// The answer to GET /alignment; findings and hops as `check --format json` has them.
/// \param loaded  what `of` was made from.
[[nodiscard]] boost::json::object alignment_to_json(const alignment& of, const load_result& loaded);

} // namespace pulsegate
