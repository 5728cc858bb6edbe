// The few socket calls that the benchmark tools share. Loopback only; every socket is non-blocking
// and closed on exec. Errors of set-up are thrown as std::system_error.
#pragma once

#include <cstdint>

namespace pulsegate::bench {

/// A listening socket on 127.0.0.1:`port`.
[[nodiscard]] int listen_on(std::uint16_t port);

/// The next waiting connection, with TCP_NODELAY; -1 if there is none or it cannot be taken.
[[nodiscard]] int accept_from(int listener);

/// A socket, with TCP_NODELAY, whose connection to 127.0.0.1:`port` is under way. Until it is made,
/// a read or write says EAGAIN; then EPOLLOUT is reported.
[[nodiscard]] int connect_to(std::uint16_t port);

/// An epoll instance.
[[nodiscard]] int make_epoll();

/// Registers a descriptor, once and for all its life, edge-triggered for reading, writing and a
/// peer's end of stream. \param tag comes back in the events' `data.ptr`.
void watch(int epoll, int descriptor, void* tag);

} // namespace pulsegate::bench
