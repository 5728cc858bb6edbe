// The event loop that the tests' own WebSocket peers run on: one thread for all of them, so that
// hundreds of clients cost two threads and not hundreds. Included only by the peers'
// implementations.
#pragma once

#include <boost/asio/io_context.hpp>

namespace pulsegate::test {

/// Started when it is first asked for; stopped when the process ends. Everything that a peer does
/// with its socket happens on this loop.
[[nodiscard]] boost::asio::io_context& peer_loop();

} // namespace pulsegate::test
