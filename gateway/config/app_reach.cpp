#include "config/app_reach.hpp"

#include "base/quoted.hpp"

#include <map>

namespace pulsegate {

std::vector<diagnostic> check_apps(const load_result& loaded, const app_dial& dial) {
    std::vector<diagnostic> found;
    std::map<std::string, std::string> known; // the fault of each address
    for (std::size_t i = 0; i < loaded.values.routes.size(); ++i) {
        const auto* const app = std::get_if<websocket_upstream>(&loaded.values.routes[i].to);
        const auto at = loaded.origins.find("routes[" + std::to_string(i) + "].upstream");
        if (app == nullptr || at == loaded.origins.end())
            continue;
        const std::string address = to_string(socket_address{app->address});
        if (!known.contains(address))
            known[address] = dial(app->address);
        if (!known[address].empty())
            found.push_back({code::app_unreachable,
                             quoted(address) + " cannot be reached from here",
                             {at->second.value, known[address]},
                             {},
                             "start the application, or correct its address; every client of " +
                                 quoted(loaded.values.routes[i].path) + " gets 502 until then"});
    }
    return found;
}

} // namespace pulsegate
