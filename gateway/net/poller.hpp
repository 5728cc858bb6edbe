// Tells whoever has a connection that its socket is ready: one epoll instance for each worker,
// which the worker's Asio loop waits for as a whole. Connections are read and written by those who
// have them, with one system call for each batch: Asio's async_read_some would try every read a
// second time, and its async_wait would change the registration before every wait. Owner: one
// worker.
#pragma once

#include "net/sockets.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

namespace pulsegate {

/// Something that a socket is watched for.
class poll_target {
public:
    /// The socket is ready; level-triggered.
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

    /// Begins to deliver.
    void start() { wait(); }

    /// Ends delivering, so that the event loop may end.
    void stop();

    /// Changes what a descriptor is watched for. A target that is replaced is told nothing any
    /// more, not even of what was already collected. False if the kernel lacks memory to watch one
    /// more; then nothing will be told.
    /// \param current  what was set last; set to `wanted`.
    [[nodiscard]] bool change(int descriptor, poll_watch& current, poll_watch wanted);

    /// To be called before a descriptor is closed. Its target is told nothing any more.
    void forget(int descriptor, poll_watch& current);

private:
    void wait();
    // Looks again after several sockets were ready at once: more are by then, most likely, and it
    // takes one system call; coming back by way of the loop takes three.
    void deliver();
    std::size_t deliver_batch();
    void drop_undelivered(const poll_target* target);

    // As many as a turn of the loop takes before other handlers get theirs.
    static constexpr std::size_t batch_size = 256;

    asio::posix::basic_stream_descriptor<io_executor> epoll_;
    std::array<epoll_event, batch_size> batch_;
    std::span<epoll_event> undelivered_;
};

} // namespace pulsegate
