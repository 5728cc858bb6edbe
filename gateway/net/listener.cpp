#include "net/listener.hpp"

#include "base/log.hpp"
#include "net/handshake.hpp"

#include <boost/asio/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pulsegate {
namespace {

// Long enough not to spin when descriptors have run out, short enough not to be noticed when they
// are back.
constexpr milliseconds pause_after_error{100};
constexpr int backlog = SOMAXCONN;

[[noreturn]] void fail(const socket_address& address, const std::string& what) {
    throw std::runtime_error("cannot listen on " + to_string(address) + ": " + what);
}

/// A socket file that nobody listens on any more is left over from a process that is gone.
void remove_stale_socket(asio::io_context& io, const unix_address& address) {
    struct stat status {};
    if (::lstat(address.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    stream_socket probe(io.get_executor());
    error_code error;
    probe.connect(to_endpoint(address), error);
    if (error == asio::error::connection_refused)
        ::unlink(address.path.c_str());
}

stream_acceptor bind_to(asio::io_context& io, const stream_endpoint& endpoint,
                        const socket_address& address) {
    stream_acceptor acceptor(io.get_executor());
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error)
        fail(address, error.message());
    if (std::holds_alternative<tcp_address>(address)) {
        const int on = 1;
        ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    acceptor.bind(endpoint, error);
    if (error == asio::error::address_in_use)
        fail(address, "another process listens there; stop it or change `listeners`");
    if (error == asio::error::access_denied)
        fail(address, "not permitted; take a port above 1023 or a writable directory");
    if (error)
        fail(address, error.message());
    acceptor.listen(backlog, error);
    if (error)
        fail(address, error.message());
    return acceptor;
}

} // namespace

stream_acceptor listener::open(asio::io_context& io, const socket_address& address) {
    if (const auto* local = std::get_if<unix_address>(&address))
        remove_stale_socket(io, *local);
    return bind_to(io, to_endpoint(address), address);
}

stream_acceptor listener::open_again(asio::io_context& io, const stream_acceptor& first) {
    const stream_endpoint endpoint = first.local_endpoint();
    const socket_address address = to_address(endpoint);
    if (std::holds_alternative<tcp_address>(address))
        return bind_to(io, endpoint, address);
    const int descriptor =
        ::fcntl(const_cast<stream_acceptor&>(first).native_handle(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0)
        fail(address, std::generic_category().message(errno));
    return stream_acceptor(io.get_executor(), endpoint.protocol(), descriptor);
}

listener::listener(worker_context& worker, stream_acceptor acceptor)
    : worker_(worker), acceptor_(std::move(acceptor)), pause_(worker.io.get_executor()) {}

void listener::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void listener::accept() {
    acceptor_.async_accept(
        [this](error_code error, stream_socket client) { on_accept(error, std::move(client)); });
}

void listener::on_accept(error_code error, stream_socket client) {
    if (!acceptor_.is_open())
        return;
    if (!error) {
        has_complained_ = false;
        handshake::begin(worker_, std::move(client));
        return accept();
    }
    ++worker_.count.accept_errors;
    // A client that left while it waited in the queue (accept(2), ECONNABORTED) is no reason to
    // pause.
    if (error == asio::error::connection_aborted)
        return accept();
    if (!std::exchange(has_complained_, true)) {
        const std::string reason = error.message();
        log::write(log::level::error, "cannot accept connections",
                   {{"error", reason},
                    {"help", "they wait in the queue; raise the limit of open files (ulimit -n)"}});
    }
    pause_.expires_after(pause_after_error);
    pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open())
            accept();
    });
}

} // namespace pulsegate
