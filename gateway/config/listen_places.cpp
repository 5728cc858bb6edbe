#include "config/listen_places.hpp"

#include "base/quoted.hpp"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace pulsegate {
namespace {

/// capabilities(7), CAP_NET_BIND_SERVICE among those in force.
bool may_use_every_port() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};
    return ::syscall(SYS_capget, &header, data) == 0 &&
           (data[0].effective & (1u << CAP_NET_BIND_SERVICE)) != 0;
}

/// ip(7), ip_unprivileged_port_start.
std::uint16_t first_port_of_all() {
    std::uint16_t first = 1024;
    const auto file = read_source("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if (file.has_value()) {
        const std::string& text = (*file)->text();
        (void)std::from_chars(text.data(), text.data() + text.size(), first);
    }
    return first;
}

std::string fault_of(const std::string& directory) {
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return "there is no directory " + quoted(directory);
    return ::access(directory.c_str(), W_OK | X_OK) == 0
               ? ""
               : "this user may not write into " + quoted(directory);
}

void check_port(const tcp_address& address, const origin& at, const listen_environment& here,
                std::vector<diagnostic>& out) {
    if (address.port == 0 || !here.may_use_port || here.may_use_port(address.port))
        return;
    out.push_back({code::cannot_listen,
                   "this user may not listen on port " + std::to_string(address.port),
                   {at.value, "is kept for root"},
                   {},
                   "take a port from 1024 on, or give the service `AmbientCapabilities="
                   "CAP_NET_BIND_SERVICE`"});
}

void check_socket(const unix_address& address, const origin& at, const listen_environment& here,
                  std::vector<diagnostic>& out) {
    if (!here.fault_of_directory)
        return;
    std::string fault = here.fault_of_directory(
        address.path.substr(0, std::max<std::size_t>(1, address.path.rfind('/'))));
    if (!fault.empty())
        out.push_back({code::cannot_listen,
                       "no socket can be made at " + quoted(address.path),
                       {at.value, std::move(fault)},
                       {},
                       "make the directory and give it to the user that runs the gateway; "
                       "`RuntimeDirectory=` of systemd does so below /run"});
}

/// A process may give its files to the groups that it is in; chown(2).
void check_group(const std::string& name, const origin& at, const machine_users& machine,
                 std::vector<diagnostic>& out) {
    if (!machine.find_group)
        return;
    const auto group = machine.find_group(name);
    const auto& own = machine.self.groups;
    if (!group)
        out.push_back({code::cannot_listen,
                       "there is no group " + quoted(name),
                       {at.value, "is not in this machine's groups"},
                       {},
                       "`groupadd --system " + name + "` makes one"});
    else if (machine.self.user != 0 && std::find(own.begin(), own.end(), *group) == own.end())
        out.push_back({code::cannot_listen,
                       "this user cannot give a socket to the group " + quoted(name),
                       {at.value, "is not one of its groups"},
                       {},
                       "add the gateway's user to that group, or leave `group` out and add the "
                       "proxy's user to the gateway's group"});
}

} // namespace

listen_environment listening_here() {
    return {[](std::uint16_t port) { return port >= first_port_of_all() || may_use_every_port(); },
            fault_of, users_of_this_machine()};
}

std::vector<diagnostic> check_listen_places(const load_result& loaded,
                                            const listen_environment& here) {
    std::vector<diagnostic> found;
    const auto place_of = [&](const std::string& path) {
        const auto set = loaded.origins.find(path);
        return set == loaded.origins.end() ? nullptr : &set->second;
    };
    for (std::size_t i = 0; i < loaded.values.listeners.size(); ++i) {
        const origin* const at = place_of("listeners[" + std::to_string(i) + "].address");
        const socket_address& address = loaded.values.listeners[i].address;
        if (at == nullptr)
            continue;
        if (const auto* const tcp = std::get_if<tcp_address>(&address))
            check_port(*tcp, *at, here, found);
        else
            check_socket(std::get<unix_address>(address), *at, here, found);
        const origin* const group = place_of("listeners[" + std::to_string(i) + "].group");
        if (group != nullptr && std::holds_alternative<unix_address>(address))
            check_group(loaded.values.listeners[i].file.group, *group, here.users, found);
    }
    if (const origin* const at = place_of("admin.address"))
        check_port(loaded.values.admin.address, *at, here, found);
    return found;
}

} // namespace pulsegate
