// In place of <systemd/sd-daemon.h> where the program is built without libsystemd: nothing is told,
// no socket is taken, and who asks for either gets -ENOSYS. Any thread; allocates little.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace pulsegate {

inline constexpr int SD_LISTEN_FDS_START = 3;

/// 0 when no service manager listens (NOTIFY_SOCKET is not set), as sd_notify(3); -ENOSYS when one
/// does.
inline int sd_notify(int, const char*) {
    return std::getenv("NOTIFY_SOCKET") ? -ENOSYS : 0;
}

/// 0 when this process was started without sockets, as sd_listen_fds(3); -ENOSYS with some.
inline int sd_listen_fds(int) {
    const char* meant_for = std::getenv("LISTEN_PID");
    return meant_for && std::to_string(::getpid()) == meant_for ? -ENOSYS : 0;
}

inline int sd_is_socket(int, int, int, int) {
    return 0;
}

inline int sd_watchdog_enabled(int, std::uint64_t*) {
    return 0;
}

} // namespace pulsegate
