#include "config/local_ports.hpp"

#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"

#include <fstream>
#include <map>
#include <string>
#include <utility>

namespace pulsegate {
namespace {

/// As sysctl(8) may widen the range: from the first port that is not for privileged programs.
constexpr std::string_view widest = "1024 65535";
constexpr std::uint64_t widest_count = 64'512;

using destination = std::pair<std::string, std::uint16_t>;

} // namespace

local_ports local_ports_of_this_machine() {
    local_ports found;
    std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
    if (unsigned first = 0, last = 0; file >> first >> last)
        found = {first, last};
    return found;
}

std::vector<diagnostic> check_local_ports(const load_result& loaded, const local_ports& ports) {
    const std::uint64_t wanted = loaded.values.limits.connections;
    const auto limit = loaded.origins.find("limits.connections");
    if (limit == loaded.origins.end())
        return {}; // nobody has chosen it
    std::map<destination, std::size_t> first_route_of;
    bool has_name = false;
    for (std::size_t i = 0; i < loaded.values.routes.size(); ++i) {
        const auto* const app = std::get_if<websocket_upstream>(&loaded.values.routes[i].to);
        if (app == nullptr)
            return {}; // the built-in echo takes no port
        first_route_of.try_emplace({lower_case(app->address.host), app->address.port}, i);
        has_name = has_name || !ip_address::parse(app->address.host);
    }
    const std::uint64_t room = first_route_of.size() * ports.count();
    if (room >= wanted)
        return {};
    const std::string range =
        std::to_string(ports.first) + " to " + std::to_string(ports.last) + ", ";
    const bool is_one = first_route_of.size() == 1;
    diagnostic what{code::too_few_ports,
                    "the machine has ports for " + std::to_string(room) +
                        " connections to the application" + (is_one ? "" : "s"),
                    {limit->second.value, "the gateway takes this many"},
                    {},
                    "set `connections: " + std::to_string(room) + "` here"};
    if (widest_count > ports.count())
        what.help += ", or widen the range:\n`sysctl -w net.ipv4.ip_local_port_range=\"" +
                     std::string(widest) + "\"`, for " +
                     std::to_string(widest_count * first_route_of.size());
    what.help += ",\nor have the application listen at more addresses or ports, one route for each";
    for (const auto& [to, route] : first_route_of) {
        const auto at = loaded.origins.find("routes[" + std::to_string(route) + "].upstream");
        if (at != loaded.origins.end())
            what.others.push_back(
                {at->second.value, "from ports " + range + std::to_string(ports.count()) +
                                       " at one time" +
                                       (has_name ? ", to each address of a name" : "")});
    }
    return {std::move(what)};
}

} // namespace pulsegate
