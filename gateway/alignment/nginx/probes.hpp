// The paths of which handshakes are followed through a server of Nginx: enough to come to each of
// its locations, and to each route of the gateway. Pure.
#pragma once

#include "alignment/nginx/place.hpp"

#include <string>
#include <vector>

namespace pulsegate {

struct nginx_probes {
    std::vector<std::string> paths;
    bool is_whole = true; // false if some location's path could not be found, or there are too many
};

/// \param routes  the gateway's, as their paths.
[[nodiscard]] nginx_probes probes_for(const nginx_place& server,
                                      const std::vector<std::string>& routes);

} // namespace pulsegate
