// One gateway process takes over from another that listens on the same TCP address: both have
// sockets in one SO_REUSEPORT group, over which the kernel spreads new connections. Before the old
// one closes its sockets, new connections are steered to those of the new one: a connection that
// waited in the queue of a socket that closes would be reset. A gateway that nobody takes over from
// can at least see to it that nobody waits there when it closes them.
#pragma once

#include <cstddef>
#include <span>

namespace pulsegate {

/// How many sockets of others listen on the address of these, which all have the same one. 0 if the
/// kernel does not tell (read_listener_table()).
[[nodiscard]] std::size_t count_other_listeners(std::span<const int> own);

/// Has the kernel give new connections to the sockets of others only, if they began to listen after
/// `own`: a program for the group picks one by the processor that the packet came in on.
/// Errors: false if the kernel does not take it (SO_ATTACH_REUSEPORT_CBPF, Linux 4.5); then own
/// sockets get their share until they are closed.
[[nodiscard]] bool steer_to_others(std::span<const int> own, std::size_t others);

/// Has the kernel overlook those who begin to connect to this TCP socket: they try again a second
/// later (RFC 6298 §2), and are refused then if it is closed. Whose handshake of TCP is under way
/// gets into the queue as before.
/// Errors: false if the kernel does not take it.
bool overlook_newcomers(int listening);

} // namespace pulsegate
