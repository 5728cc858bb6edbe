// PG345: a proxy that may not connect to the Unix socket of a listener. Pure.
#pragma once

#include "alignment/chain.hpp"
#include "config/file_access.hpp"

#include <vector>

namespace pulsegate {

/// Judges each proxy whose own file names its user and leads to a Unix socket. Of a socket that is
/// there, or of which the configuration says mode and group, the kernel's rules tell; otherwise it
/// is taken for one of the user that asks, as the usual umask makes it. What cannot be known, such
/// as a user of another machine, is left out.
[[nodiscard]] std::vector<diagnostic>
check_socket_access(const load_result& loaded, const chain& proxies, const machine_users& machine);

} // namespace pulsegate
