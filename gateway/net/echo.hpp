// The built-in application `echo`: returns every message. A complete WebSocket server of
// Boost.Beast at the other end of a socket pair, so that the gateway treats it like any other
// application.
#pragma once

#include "net/sockets.hpp"

#include <cstdint>

namespace pulsegate {

/// Starts an echo server for one connection on the worker's event loop and returns the socket that
/// leads to it. It ends when that socket is closed.
[[nodiscard]] stream_socket start_echo(asio::io_context& io, std::uint64_t max_message_bytes,
                                       error_code& error);

} // namespace pulsegate
