#include "net/poller.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <utility>

namespace pulsegate {
namespace {

int open_epoll() {
    const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0)
        throw boost::system::system_error(errno, boost::system::system_category(), "epoll_create1");
    return descriptor;
}

} // namespace

poller::poller(asio::io_context& io) : epoll_(io.get_executor(), open_epoll()) {}

void poller::stop() {
    error_code ignored;
    epoll_.close(ignored);
}

bool poller::change(int descriptor, poll_watch& current, poll_watch wanted) {
    if (current == wanted)
        return true;
    const poll_watch before = std::exchange(current, wanted);
    if (before.target != wanted.target)
        drop_undelivered(before.target);
    if (before.interest == 0 && wanted.interest == 0)
        return true;
    epoll_event event{};
    event.events = wanted.interest;
    event.data.ptr = wanted.target;
    const int how = before.interest == 0   ? EPOLL_CTL_ADD
                    : wanted.interest == 0 ? EPOLL_CTL_DEL
                                           : EPOLL_CTL_MOD;
    return ::epoll_ctl(epoll_.native_handle(), how, descriptor, &event) == 0;
}

void poller::forget(int descriptor, poll_watch& current) {
    // epoll(7), questions and answers: closing is not enough while somebody else has the socket
    // too. A child process has, from its fork until it begins its own program.
    (void)change(descriptor, current, {});
}

void poller::drop_undelivered(const poll_target* target) {
    for (epoll_event& event : undelivered_) {
        if (event.data.ptr == target)
            event.data.ptr = nullptr;
    }
}

void poller::wait() {
    epoll_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
        if (error || !epoll_.is_open())
            return;
        deliver();
        wait();
    });
}

void poller::deliver() {
    std::size_t delivered = 0;
    std::size_t count = 0;
    do {
        count = deliver_batch();
        delivered += count;
    } while (count > 1 && delivered < batch_size);
}

/// Returns how many sockets were ready.
std::size_t poller::deliver_batch() {
    const int count = ::epoll_wait(epoll_.native_handle(), batch_.data(), batch_size, 0);
    if (count <= 0)
        return 0;
    undelivered_ = std::span(batch_).first(static_cast<std::size_t>(count));
    while (!undelivered_.empty()) {
        const epoll_event event = undelivered_.front();
        undelivered_ = undelivered_.subspan(1);
        if (event.data.ptr != nullptr)
            static_cast<poll_target*>(event.data.ptr)->on_ready(event.events);
    }
    return static_cast<std::size_t>(count);
}

} // namespace pulsegate
