// The heartbeats of a configuration, one for each route, as the alignment rules see them. Pure.
#pragma once

#include "alignment/cadence.hpp"
#include "alignment/hop.hpp"
#include "config/loader.hpp"
#include "config/provenance.hpp"

#include <string>
#include <vector>

namespace pulsegate {

struct beat {
    std::string path;       // of its keys: `heartbeat`, or `routes[0].heartbeat`
    std::string route_path; // `/edit`
    heartbeat_settings settings;
    cadence worst;
    provenance interval;
    provenance timeout;
};

/// One for each route, in their order. They point into `loaded`, which outlives them.
[[nodiscard]] std::vector<beat> beats_of(const load_result& loaded);

/// Those whose connections a limit concerns: of a location for `/ws/`, the route `/ws/chat` and
/// the longest route that `/ws/` itself belongs to.
[[nodiscard]] std::vector<const beat*> beats_under(const limit& which,
                                                   const std::vector<beat>& beats);

/// How long such a connection may be quiet, as this idle limit counts it.
[[nodiscard]] milliseconds quiet_time(const limit& idle, const cadence& worst);

/// What this idle limit leaves after that; negative: it cuts healthy connections.
[[nodiscard]] milliseconds slack_under(const limit& idle, const beat& of);

} // namespace pulsegate
