#include "net/poller.hpp"

#include <boost/system/system_error.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pulsegate {
namespace {

[[noreturn]] void fail(const char* call) {
    throw boost::system::system_error(errno, boost::system::system_category(), call);
}

int opened(int descriptor, const char* by) {
    if (descriptor < 0)
        fail(by);
    return descriptor;
}

bool control(int epoll, int how, int descriptor, const poll_watch& watch) {
    epoll_event event{};
    event.events = watch.interest;
    event.data.ptr = watch.target;
    return ::epoll_ctl(epoll, how, descriptor, &event) == 0;
}

} // namespace

poller::poller(asio::io_context& io)
    : epoll_(io.get_executor(), opened(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      alarm_descriptor_(opened(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
    // Every write is an edge, so that nobody has to read.
    if (!control(epoll_.native_handle(), EPOLL_CTL_ADD, alarm_descriptor_,
                 {&alarm_, EPOLLIN | EPOLLET}))
        fail("epoll_ctl");
}

poller::~poller() {
    ::close(alarm_descriptor_);
}

void poller::stop() {
    error_code ignored;
    epoll_.close(ignored);
}

void poller::wake() const {
    ::eventfd_write(alarm_descriptor_, 1);
}

bool poller::change(int descriptor, poll_watch& current, poll_watch wanted) {
    if (current == wanted)
        return true;
    const poll_watch before = std::exchange(current, wanted);
    if (before.target != wanted.target)
        drop_undelivered(before.target);
    if (before.interest == 0 && wanted.interest == 0)
        return true;
    const int how = before.interest == 0   ? EPOLL_CTL_ADD
                    : wanted.interest == 0 ? EPOLL_CTL_DEL
                                           : EPOLL_CTL_MOD;
    return control(epoll_.native_handle(), how, descriptor, wanted);
}

bool poller::look_again(int descriptor, const poll_watch& current) {
    return control(epoll_.native_handle(), EPOLL_CTL_MOD, descriptor, current);
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
    alarm_.rang = false;
    int patience_ms = 0; // something is ready, says Asio
    do {
        if (!deliver_batch(patience_ms) || alarm_.rang)
            return;
        patience_ms = patience();
    } while (patience_ms > 0);
}

/// How many milliseconds the poller may wait by itself now.
int poller::patience() const {
    if (holds_ > 0)
        return 0;
    const auto left = std::chrono::ceil<milliseconds>(next_tick_ - clock::now());
    return static_cast<int>(std::max(left, milliseconds(0)).count());
}

/// Returns false if no socket was ready.
bool poller::deliver_batch(int patience_ms) {
    const int count = ::epoll_wait(epoll_.native_handle(), batch_.data(),
                                   static_cast<int>(batch_.size()), patience_ms);
    if (count <= 0)
        return false;
    undelivered_ = std::span(batch_).first(static_cast<std::size_t>(count));
    while (!undelivered_.empty()) {
        const epoll_event event = undelivered_.front();
        undelivered_ = undelivered_.subspan(1);
        if (event.data.ptr != nullptr)
            static_cast<poll_target*>(event.data.ptr)->on_ready(event.events);
    }
    return true;
}

} // namespace pulsegate
