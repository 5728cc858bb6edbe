#include "net/listen/predecessor.hpp"

#include "net/listen/listener_table.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pulsegate {
namespace {

[[noreturn]] void refuse(int pid, const std::string& why) {
    throw std::runtime_error("cannot take over from " + std::to_string(pid) + ": " + why);
}

error_code last_error() {
    return {errno, boost::system::system_category()};
}

/// pidfd_send_signal(2), to which a directory of /proc will do.
int send_signal(int process, int signal) {
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0));
}

/// The sockets that a process has, by their inodes (proc(5)). Throws if they are not shown.
std::set<std::uint64_t> sockets_of(int pid, int process) {
    const int numbers = ::openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> files(numbers < 0 ? nullptr : ::fdopendir(numbers),
                                                    ::closedir);
    if (files == nullptr)
        refuse(pid, "its sockets cannot be seen (" + last_error().message() +
                        "); start this one as the same user, or as root");
    std::set<std::uint64_t> sockets;
    constexpr std::string_view prefix = "socket:[";
    while (const dirent* const file = ::readdir(files.get())) {
        std::array<char, 64> text;
        const auto size =
            ::readlinkat(::dirfd(files.get()), file->d_name, text.data(), text.size());
        if (size <= 0 ||
            !std::string_view(text.data(), static_cast<std::size_t>(size)).starts_with(prefix))
            continue;
        std::uint64_t inode = 0;
        std::from_chars(text.data() + prefix.size(), text.data() + size, inode);
        sockets.insert(inode);
    }
    return sockets;
}

constexpr int nobody = 0;
constexpr int unknown = -1; // one of another namespace

/// The process that listens on a Unix socket.
int listener_of(const unix_address& address) {
    asio::io_context io(1);
    stream_socket probe(io.get_executor());
    error_code error;
    probe.connect(to_endpoint(address), error);
    ucred who{};
    socklen_t size = sizeof who;
    if (error)
        return nobody;
    if (::getsockopt(probe.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 ||
        who.pid == 0)
        return unknown;
    return who.pid;
}

} // namespace

predecessor::process::process(int pid)
    : directory(
          ::open(("/proc/" + std::to_string(pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

predecessor::process::~process() {
    if (directory >= 0)
        ::close(directory);
}

predecessor::predecessor(int pid, std::span<const socket_address> addresses) : process_(pid) {
    const int directory = process_.directory;
    if (directory >= 0 && ::flock(directory, LOCK_EX | LOCK_NB) != 0)
        refuse(pid, "another gateway is taking over from it already");
    const auto rows = read_listener_table();
    std::optional<std::set<std::uint64_t>> own; // looked up once there is a question
    const auto is_own = [&](std::uint64_t inode) {
        if (!own)
            own = directory >= 0 ? sockets_of(pid, directory) : std::set<std::uint64_t>();
        return own->contains(inode);
    };
    for (const socket_address& each : addresses) {
        std::size_t its = 0;
        std::size_t of_others = 0;
        if (const auto* const local = std::get_if<unix_address>(&each)) {
            const int listener = listener_of(*local);
            its = listener == pid ? 1 : 0;
            of_others = listener != nobody && listener != pid ? 1 : 0;
        } else if (std::get<tcp_address>(each).port != 0) {
            const std::string here = local_of(to_endpoint(each));
            for (const listening_row& row : rows)
                if (row.local == here)
                    ++(is_own(row.inode) ? its : of_others);
        }
        is_there_ = is_there_ || its > 0;
        if (of_others > 0 && its == 0)
            refuse(pid, "it does not listen on " + to_string(each) +
                            ", another process does; give `--take-over` the id of that one "
                            "(`ss -ltnp` tells)");
        if (of_others > 0)
            refuse(pid, "another process listens on " + to_string(each) +
                            " too: one that is taking over already, or that shares the port by "
                            "mistake (`ss -ltnp` tells)");
    }
    if (is_there_ && send_signal(directory, 0) != 0)
        refuse(pid, "it cannot be told to drain (" + last_error().message() +
                        "); start this one as the same user, or as root");
}

error_code predecessor::order_drain() const {
    return send_signal(process_.directory, SIGTERM) == 0 ? error_code() : last_error();
}

} // namespace pulsegate
