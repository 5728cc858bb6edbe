#include "net/listen/listener.hpp"

#include "base/log.hpp"
#include "net/listen/accepted.hpp"
#include "net/listen/handover.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

namespace pulsegate {
namespace {

// Long enough not to spin when descriptors have run out, short enough not to be noticed when they
// are back.
constexpr milliseconds pause_after_error{100};

// Until newcomers make room for those in the kernel's queue.
constexpr milliseconds pause_for_newcomers{10};

// In a turn of the event loop, before others get theirs.
constexpr int most_at_once = 16;

} // namespace

listener::listener(worker_context& worker, stream_acceptor acceptor, std::size_t index,
                   bool is_inherited)
    : worker_(worker), index_(index), is_inherited_(is_inherited), acceptor_(std::move(acceptor)),
      pause_(worker.io.get_executor()), until_last_arrivals_(worker.io.get_executor()) {
    acceptor_.non_blocking(true);
    on_settings();
}

void listener::on_settings() {
    if (acceptor_.is_open())
        limit_unsent(acceptor_.native_handle(), worker_.settings->config.limits.unsent_bytes);
}

void listener::on_drain(bool has_heir) {
    if (is_inherited_)
        stop();
    else if (has_heir)
        stop_after(last_arrivals);
}

void listener::on_last_call() {
    if (!acceptor_.is_open())
        return;
    (void)overlook_newcomers(acceptor_.native_handle()); // else a few may come too late
    stop_after(last_steps);
}

void listener::stop_after(milliseconds rest) {
    pause_.cancel();
    until_last_arrivals_.expires_after(rest);
    until_last_arrivals_.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        accept(std::numeric_limits<int>::max());
        stop();
    });
}

void listener::stop() {
    if (acceptor_.is_open())
        worker_.poll.forget(acceptor_.native_handle(), watch_);
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    until_last_arrivals_.cancel();
}

void listener::watch() {
    if (!worker_.poll.change(acceptor_.native_handle(), watch_, {this, EPOLLIN}))
        complain(ENOMEM);
}

void listener::on_ready(std::uint32_t) {
    accept(most_at_once);
}

void listener::accept(int most) {
    for (int i = 0; i < most; ++i) {
        if (lacks_descriptors_ && !has_descriptors())
            return complain(EMFILE);
        // Whoever is left in the queue at the last call would be reset.
        if (most == most_at_once &&
            worker_.waiting_room.must_wait(worker_.settings->newcomers, worker_.now().real))
            return pause(pause_for_newcomers);
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        const int descriptor =
            ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            has_complained_ = false;
            receive(descriptor, peer);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        if (errno == EINTR)
            continue;
        const int error = errno;
        if ((error == EMFILE || error == ENFILE) && worker_.make_room_for_descriptor())
            continue;
        // A client that left while it waited in the queue (accept(2), ECONNABORTED) is no reason to
        // pause.
        if (error != ECONNABORTED)
            return complain(error);
        ++worker_.count.accept_errors;
    }
}

void listener::receive(int descriptor, const sockaddr_storage& peer) {
    connection client(worker_.poll, descriptor);
    lacks_descriptors_ = descriptor >= worker_.settings->descriptors.of_clients &&
                         !worker_.make_room_for_descriptor();
    if (is_inherited_)
        set_connection_options(descriptor);
    accepted::begin(worker_, std::move(client), ip_of(peer), index_);
}

/// Looks by taking one: a connection that was accepted cannot be put back.
bool listener::has_descriptors() {
    const int probe = ::fcntl(acceptor_.native_handle(), F_DUPFD_CLOEXEC, 0);
    if (probe >= 0)
        ::close(probe);
    lacks_descriptors_ = (probe < 0 || probe >= worker_.settings->descriptors.of_clients) &&
                         !worker_.make_room_for_descriptor();
    return !lacks_descriptors_;
}

void listener::complain(int error) {
    ++worker_.count.accept_errors;
    if (!std::exchange(has_complained_, true)) {
        const std::string reason = std::generic_category().message(error);
        log::write(log::level::error, "cannot accept connections",
                   {{"error", reason},
                    {"help", "they wait in the queue; raise the limit of open files (ulimit -n)"}});
    }
    pause(pause_after_error);
}

void listener::pause(milliseconds rest) {
    worker_.poll.forget(acceptor_.native_handle(), watch_);
    if (!hold_)
        hold_.emplace(worker_.poll);
    pause_.expires_after(rest);
    pause_.async_wait([this](error_code cancelled) {
        hold_.reset();
        if (!cancelled && acceptor_.is_open())
            watch();
    });
}

} // namespace pulsegate
