// What the kernel knows of a connection. By itself, since the header that has all of it cannot
// stand beside Asio's.
#pragma once

#include "session/progress.hpp"

namespace pulsegate {

/// Asks with two or three system calls. On Unix sockets, where peers acknowledge nothing, what the
/// peer has not read counts as waiting.
[[nodiscard]] tcp_look ask_tcp(int descriptor);

} // namespace pulsegate
