#include "net/listen/listening_socket.hpp"

#include "base/quoted.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pulsegate {
namespace {

constexpr int backlog = SOMAXCONN;

[[noreturn]] void fail(const socket_address& address, const std::string& what) {
    throw std::runtime_error("cannot listen on " + to_string(address) + ": " + what);
}

error_code try_to_connect(asio::io_context& io, const unix_address& address) {
    stream_socket probe(io.get_executor());
    error_code error;
    probe.connect(to_endpoint(address), error);
    return error;
}

/// A socket file that nobody listens on any more is left over from a process that is gone.
void remove_stale_socket(asio::io_context& io, const unix_address& address) {
    struct stat status {};
    const bool is_socket = ::lstat(address.path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
    if (is_socket && try_to_connect(io, address) == asio::error::connection_refused)
        ::unlink(address.path.c_str());
}

void bind_to(stream_acceptor& acceptor, const stream_endpoint& endpoint,
             const socket_address& address) {
    error_code error;
    acceptor.bind(endpoint, error);
    if (error == asio::error::address_in_use)
        fail(address, "another process listens there; stop it, take over from it with "
                      "`--take-over PID`, or change the address");
    if (error == asio::error::access_denied)
        fail(address, "not permitted; take a port above 1023 or a writable directory");
    if (error)
        fail(address, error.message());
}

stream_acceptor open_socket(asio::io_context& io, const stream_endpoint& endpoint,
                            const socket_address& address) {
    stream_acceptor acceptor(io.get_executor());
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error)
        fail(address, error.message());
    return acceptor;
}

void set(stream_acceptor& acceptor, int option) {
    const int on = 1;
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, option, &on, sizeof on);
}

stream_acceptor open_shared(asio::io_context& io, const stream_endpoint& endpoint,
                            const socket_address& address) {
    stream_acceptor acceptor = open_socket(io, endpoint, address);
    set(acceptor, SO_REUSEADDR);
    set(acceptor, SO_REUSEPORT);
    bind_to(acceptor, endpoint, address);
    return acceptor;
}

/// With SO_REUSEPORT two gateways that are started by mistake would share the connections silently.
void expect_nobody_else(asio::io_context& io, const stream_endpoint& endpoint,
                        const socket_address& address) {
    stream_acceptor probe = open_socket(io, endpoint, address);
    set(probe, SO_REUSEADDR);
    bind_to(probe, endpoint, address);
}

void begin_to_listen(stream_acceptor& acceptor, const socket_address& address) {
    set_connection_options(acceptor.native_handle());
    error_code error;
    acceptor.listen(backlog, error);
    if (error)
        fail(address, error.message());
}

int duplicate(int descriptor, const socket_address& address) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        fail(address, std::generic_category().message(errno));
    return copy;
}

/// Whether the name can be found, and what else is wrong, is told together with the cure.
std::string set_group(const std::string& path, const std::string& name) {
    constexpr std::size_t room = 64 * 1024; // for the names of the group's members
    std::vector<char> names(room);
    group entry{};
    group* found = nullptr;
    const int failed = ::getgrnam_r(name.c_str(), &entry, names.data(), names.size(), &found);
    if (found == nullptr)
        return "there is no group " + quoted(name) +
               (failed == 0 ? "" : " (" + std::generic_category().message(failed) + ')') +
               "; `groupadd` makes one";
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && status.st_gid == entry.gr_gid)
        return "";
    if (::lchown(path.c_str(), static_cast<uid_t>(-1), entry.gr_gid) == 0)
        return "";
    return "its group cannot be " + quoted(name) + " (" + std::generic_category().message(errno) +
           "); this user has to be in that group. Under systemd, which keeps a service to its own "
           "groups, use `SocketGroup=` in pulsegate.socket, or leave `group` out and add the "
           "proxy's user to the group of the service";
}

/// Before anybody can connect: bind(2) made the file as the umask has it.
std::string permit_file(const std::string& path, const socket_file_settings& who) {
    if (!who.group.empty())
        if (std::string fault = set_group(path, who.group); !fault.empty())
            return fault;
    if (who.mode && ::chmod(path.c_str(), *who.mode) != 0)
        return "its mode cannot be set: " + std::generic_category().message(errno);
    return "";
}

} // namespace

int listening_means::find(const socket_address& address) const {
    const auto found =
        std::find_if(inherited.begin(), inherited.end(),
                     [&](const inherited_socket& each) { return each.address == address; });
    return found == inherited.end() ? -1 : found->descriptor;
}

listening_socket::listening_socket(asio::io_context& io, const socket_address& address,
                                   const listening_means& means, const socket_file_settings& who)
    : acceptor_(io.get_executor()) {
    const int descriptor = means.find(address);
    is_inherited_ = descriptor >= 0;
    if (is_inherited_)
        acceptor_.assign(to_endpoint(address).protocol(), duplicate(descriptor, address));
    else if (const auto* local = std::get_if<unix_address>(&address))
        open_unix(io, *local, means.takes_over, who);
    else
        open_tcp(io, address, means.takes_over);
}

void listening_socket::open_tcp(asio::io_context& io, const socket_address& address,
                                bool takes_over) {
    const stream_endpoint endpoint = to_endpoint(address);
    if (!takes_over)
        expect_nobody_else(io, endpoint, address);
    acceptor_ = open_shared(io, endpoint, address);
    begin_to_listen(acceptor_, address);
}

/// To take over, the new file replaces the old one in one step: at no time nobody listens.
void listening_socket::open_unix(asio::io_context& io, const unix_address& address, bool takes_over,
                                 const socket_file_settings& who) {
    const unix_address own{takes_over ? address.path + "." + std::to_string(::getpid())
                                      : address.path};
    remove_stale_socket(io, own);
    const stream_endpoint endpoint = to_endpoint(own);
    acceptor_ = open_socket(io, endpoint, address);
    bind_to(acceptor_, endpoint, address);
    if (const std::string fault = permit_file(own.path, who); !fault.empty()) {
        ::unlink(own.path.c_str());
        fail(address, fault);
    }
    begin_to_listen(acceptor_, address);
    if (takes_over && ::rename(own.path.c_str(), address.path.c_str()) != 0)
        fail(address, std::generic_category().message(errno));
    struct stat status {};
    if (::lstat(address.path.c_str(), &status) != 0)
        fail(address, std::generic_category().message(errno));
    file_.path_ = address.path;
    file_.device_ = status.st_dev;
    file_.inode_ = status.st_ino;
}

socket_address listening_socket::address() const {
    return file_.path_.empty() ? to_address(acceptor_.local_endpoint())
                               : socket_address{unix_address{file_.path_}};
}

stream_acceptor listening_socket::again(asio::io_context& io) const {
    const stream_endpoint endpoint = acceptor_.local_endpoint();
    const socket_address here = address();
    if (!is_inherited_ && std::holds_alternative<tcp_address>(here)) {
        stream_acceptor another = open_shared(io, endpoint, here);
        begin_to_listen(another, here);
        return another;
    }
    const int copy = duplicate(const_cast<stream_acceptor&>(acceptor_).native_handle(), here);
    return stream_acceptor(io.get_executor(), endpoint.protocol(), copy);
}

listening_socket::file& listening_socket::file::operator=(file&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

bool listening_socket::file::is_replaced() const {
    struct stat status {};
    return !path_.empty() && ::lstat(path_.c_str(), &status) == 0 &&
           (status.st_dev != device_ || status.st_ino != inode_);
}

std::string listening_socket::file::permit(const socket_file_settings& who) const {
    return path_.empty() || is_replaced() ? "" : permit_file(path_, who);
}

listening_socket::file::~file() {
    if (!path_.empty() && !is_replaced())
        ::unlink(path_.c_str());
}

} // namespace pulsegate
