#include "config/provenance.hpp"

namespace pulsegate {

provenance find_heartbeat_value(const origin_map& origins, const std::string& path,
                                std::string_view name) {
    constexpr std::string_view common = "heartbeat";
    if (const auto own = origins.find(path + '.' + std::string(name)); own != origins.end())
        return {&own->second, true, own->second.is_good};
    const auto inherited = origins.find(std::string(common) + '.' + std::string(name));
    if (inherited != origins.end())
        return {&inherited->second, false, inherited->second.is_good};
    return {};
}

} // namespace pulsegate
