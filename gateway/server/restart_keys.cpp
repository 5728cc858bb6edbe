#include "server/restart_keys.hpp"

#include <algorithm>

namespace pulsegate {

std::vector<std::string_view> changed_restart_keys(const configuration& running,
                                                   const configuration& wanted) {
    std::vector<std::string_view> changed;
    const auto has_same_address = [](const listener_settings& a, const listener_settings& b) {
        return a.address == b.address;
    };
    if (!std::equal(running.listeners.begin(), running.listeners.end(), wanted.listeners.begin(),
                    wanted.listeners.end(), has_same_address))
        changed.push_back("listeners");
    if (running.admin != wanted.admin)
        changed.push_back("admin");
    if (running.workers != wanted.workers)
        changed.push_back("workers");
    return changed;
}

configuration without_restart_keys(const configuration& running, configuration wanted) {
    wanted.listeners = running.listeners;
    wanted.admin = running.admin;
    wanted.workers = running.workers;
    return wanted;
}

} // namespace pulsegate
