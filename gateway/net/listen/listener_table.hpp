// The TCP sockets of this network namespace that listen, asked of the kernel: only those, however
// many connections there are.
#pragma once

#include "net/sockets.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pulsegate {

struct listening_row {
    std::string local; // address and port, as local_of() has it: only to be compared
    std::uint64_t inode = 0;
};

/// What a row of a socket that listens on this address has.
/// \pre `endpoint` is one of TCP.
[[nodiscard]] std::string local_of(const stream_endpoint& endpoint);

/// Asks by sock_diag(7); where that is not to be had, reads /proc/net/tcp and tcp6 (proc(5)), whose
/// length is that of all connections. None if neither can be read. At most 65536 rows.
[[nodiscard]] std::vector<listening_row> read_listener_table();

} // namespace pulsegate
