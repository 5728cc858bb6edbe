#include "net/listen/listener.hpp"

#include "base/log.hpp"
#include "net/listen/accepted.hpp"
#include "net/listen/handover.hpp"

#include <sys/socket.h>

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
        pause();
}

void listener::on_ready(std::uint32_t) {
    accept(most_at_once);
}

void listener::accept(int most) {
    for (int i = 0; i < most; ++i) {
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
        ++worker_.count.accept_errors;
        // A client that left while it waited in the queue (accept(2), ECONNABORTED) is no reason to
        // pause.
        if (errno != ECONNABORTED)
            return pause();
    }
}

void listener::receive(int descriptor, const sockaddr_storage& peer) {
    if (is_inherited_)
        set_connection_options(descriptor);
    accepted::begin(worker_, connection(worker_.poll, descriptor), ip_of(peer), index_);
}

void listener::pause() {
    if (!std::exchange(has_complained_, true)) {
        const std::string reason = std::generic_category().message(errno);
        log::write(log::level::error, "cannot accept connections",
                   {{"error", reason},
                    {"help", "they wait in the queue; raise the limit of open files (ulimit -n)"}});
    }
    worker_.poll.forget(acceptor_.native_handle(), watch_);
    pause_.expires_after(pause_after_error);
    pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open())
            watch();
    });
}

} // namespace pulsegate
