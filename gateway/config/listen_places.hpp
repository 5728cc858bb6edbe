// Whether this machine and this user may listen where a configuration says.
#pragma once

#include "config/file_access.hpp"
#include "config/loader.hpp"

#include <functional>
#include <string>
#include <vector>

namespace pulsegate {

/// What decides about that. Without functions nothing is asked, and nothing is found.
struct listen_environment {
    /// True if this user may listen on a port of TCP.
    std::function<bool(std::uint16_t port)> may_use_port = {};
    /// Why no file can be made in this directory: `there is no such directory`; "" if it can.
    std::function<std::string(const std::string& directory)> fault_of_directory = {};
    machine_users users = {};
};

/// This machine and this user, now.
[[nodiscard]] listen_environment listening_here();

/// Warnings alone: who checks a configuration may be another user, on another machine.
[[nodiscard]] std::vector<diagnostic> check_listen_places(const load_result& loaded,
                                                          const listen_environment& here);

} // namespace pulsegate
