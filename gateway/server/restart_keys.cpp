#include "server/restart_keys.hpp"

#include "base/ip_address.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

bool have_same_addresses(const configuration& running, const configuration& wanted) {
    return std::equal(running.listeners.begin(), running.listeners.end(), wanted.listeners.begin(),
                      wanted.listeners.end(),
                      [](const listener_settings& a, const listener_settings& b) {
                          return a.address == b.address;
                      });
}

} // namespace

std::vector<std::string_view> changed_restart_keys(const configuration& running,
                                                   const configuration& wanted) {
    std::vector<std::string_view> changed;
    if (!have_same_addresses(running, wanted))
        changed.push_back("listeners");
    if (running.admin.address != wanted.admin.address)
        changed.push_back("admin.address");
    if (running.workers != wanted.workers)
        changed.push_back("workers");
    return changed;
}

configuration without_restart_keys(const configuration& running, configuration wanted) {
    if (!have_same_addresses(running, wanted))
        wanted.listeners = running.listeners;
    wanted.admin.address = running.admin.address;
    // A listener that others can reach until the restart goes on asking for a token.
    if (wanted.admin.token_file.empty() &&
        !ip_address::parse(running.admin.address.host)->is_loopback())
        wanted.admin.token_file = running.admin.token_file;
    wanted.workers = running.workers;
    return wanted;
}

} // namespace pulsegate
