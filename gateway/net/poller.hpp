// Tells whoever has a connection that its socket is ready: one epoll instance for each worker.
// Connections are read and written by those who have them, with one system call for each batch:
// Asio's async_read_some would try every read a second time, and its async_wait would change the
// registration before every wait.
//
// The worker's Asio loop waits for the instance as a whole. To come back by way of that loop takes
// three system calls, so from the first socket that is ready until the next tick of the worker the
// poller waits for more by itself. What Asio has to do meanwhile is not forgotten: post() wakes the
// poller, a poll_hold keeps it from waiting, and anything else comes with the tick.
// Owner: one worker.
#pragma once

#include "base/time.hpp"
#include "net/sockets.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace pulsegate {

/// Something that a socket is watched for.
class poll_target {
public:
    /// The socket is ready.
    /// \param events  of epoll_ctl(2). EPOLLERR and EPOLLHUP come unasked.
    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~poll_target() = default;
};

/// What a socket is watched for, and who is told. Kept beside the descriptor, by its owner.
struct poll_watch {
    poll_target* target = nullptr;
    std::uint32_t interest = 0; // events of epoll_ctl(2); 0: not at all, not even for errors

    friend bool operator==(const poll_watch&, const poll_watch&) = default;
};

class poller {
public:
    /// Throws boost::system::system_error if there are no descriptors left.
    explicit poller(asio::io_context& io);

    ~poller();

    /// Begins to deliver.
    void start() { wait(); }

    /// Ends delivering, so that the event loop may end.
    void stop();

    /// Runs `what` later, on the worker's thread. Thread-safe.
    template <class Function>
    void post(Function&& what) {
        asio::post(epoll_.get_executor(), std::forward<Function>(what));
        wake();
    }

    /// The worker has nothing to do before `next_tick` but what comes by the poller.
    void expect_tick(time_point next_tick) { next_tick_ = next_tick; }

    /// Changes what a descriptor is watched for. A target that is replaced is told nothing any
    /// more, not even of what was already collected. False if the kernel lacks memory to watch one
    /// more; then nothing will be told.
    /// \param current  what was set last; set to `wanted`.
    [[nodiscard]] bool change(int descriptor, poll_watch& current, poll_watch wanted);

    /// Has the target told of what the descriptor is ready for now, also if it is watched
    /// edge-triggered and it was told before.
    [[nodiscard]] bool look_again(int descriptor, const poll_watch& current);

    /// To be called before a descriptor is closed. Its target is told nothing any more.
    void forget(int descriptor, poll_watch& current);

private:
    friend class poll_hold;

    struct alarm final : poll_target {
        bool rang = false;
        void on_ready(std::uint32_t) override { rang = true; }
    };

    void wait();
    void wake() const;
    void deliver();
    bool deliver_batch(int patience_ms);
    [[nodiscard]] int patience() const;
    void drop_undelivered(const poll_target* target);

    asio::posix::basic_stream_descriptor<io_executor> epoll_;
    const int alarm_descriptor_; // an eventfd: written to by whoever posts, and never read
    alarm alarm_;
    time_point next_tick_{};
    unsigned holds_ = 0;
    std::array<epoll_event, 256> batch_;
    std::span<epoll_event> undelivered_;
};

/// Held by whoever waits for something of Asio's on a worker and would mind if it came as late as
/// the next tick: Asio's own sockets. Owner: that worker.
class poll_hold {
public:
    explicit poll_hold(poller& host) : host_(host) { ++host_.holds_; }
    poll_hold(const poll_hold&) = delete;
    poll_hold& operator=(const poll_hold&) = delete;
    ~poll_hold() { --host_.holds_; }

private:
    poller& host_;
};

} // namespace pulsegate
