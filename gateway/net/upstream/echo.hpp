// The built-in application `echo`: returns every message. A complete WebSocket server of
// Boost.Beast at the other end of a socket pair, so that the gateway treats it like any other
// application.
#pragma once

#include "net/worker_context.hpp"

#include <cstdint>

namespace pulsegate {

/// Starts an echo server for one connection on the worker and returns the non-blocking socket that
/// leads to it, the caller's to close; -1, with errno set, if there is none. It ends when that
/// socket is closed.
[[nodiscard]] int start_echo(worker_context& worker, std::uint64_t max_message_bytes);

} // namespace pulsegate
