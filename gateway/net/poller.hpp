// Tells sessions that their sockets are ready: one epoll instance for each worker, which the
// worker's Asio loop waits for as a whole. After the handshake a session reads and writes its
// sockets itself, with one system call for each batch: Asio's async_read_some would try every read
// a second time, and its async_wait would change the registration before every wait. Owner: one
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

class poller {
public:
    /// Throws boost::system::system_error if there are no descriptors left.
    explicit poller(asio::io_context& io);

    /// Begins to deliver.
    void start() { wait(); }

    /// Ends delivering, so that the event loop may end.
    void stop();

    /// Changes what a descriptor is watched for. An interest of 0 means not at all: not even errors
    /// are delivered. \param before  what was set last; 0 at first. False if the kernel lacks
    /// memory for it.
    [[nodiscard]] bool change(int descriptor, poll_target& target, std::uint32_t before,
                              std::uint32_t after);

    /// To be called before a target's descriptor is closed. Nothing is delivered to it any more,
    /// not even what was already collected.
    /// \param before  what was set last, as for change().
    void forget(int descriptor, poll_target& target, std::uint32_t before);

private:
    void wait();
    // Looks again after several sockets were ready at once: more are by then, most likely, and it
    // takes one system call; coming back by way of the loop takes three.
    void deliver();
    std::size_t deliver_batch();

    // As many as a turn of the loop takes before other handlers get theirs.
    static constexpr std::size_t batch_size = 256;

    asio::posix::basic_stream_descriptor<io_executor> epoll_;
    std::array<epoll_event, batch_size> batch_;
    std::span<epoll_event> undelivered_;
};

} // namespace pulsegate
