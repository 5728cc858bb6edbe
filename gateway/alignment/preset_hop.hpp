// Turns an entry of `proxies` that names a preset, or only figures, into a hop. Pure.
#pragma once

#include "alignment/hop.hpp"
#include "config/configuration.hpp"
#include "config/reading.hpp"

#include <string>
#include <vector>

namespace pulsegate {

/// \param path     the entry in gateway.yaml: `proxies[0]`.
/// \param problems receives a preset that there is not, and a proxy of which nothing is known.
void fill_preset_hop(const proxy_settings& proxy, const std::string& path,
                     const origin_map& origins, hop& to, std::vector<diagnostic>& problems);

} // namespace pulsegate
