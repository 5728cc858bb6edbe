// The TCP sockets of this network namespace that listen, asked of the kernel: only those, however
// many connections there are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pulsegate {

struct listening_row {
    std::string local; // address and port, as bytes or as text: only to be compared
    std::uint64_t inode = 0;
};

/// Asks by sock_diag(7); where that is not to be had, reads /proc/net/tcp and tcp6 (proc(5)), whose
/// length is that of all connections. None if neither can be read. At most 65536 rows.
[[nodiscard]] std::vector<listening_row> read_listener_table();

} // namespace pulsegate
