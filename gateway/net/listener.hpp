// Accepts client connections on one address for one worker. Every worker has a listener of its own
// on the same TCP address (SO_REUSEPORT), so the kernel spreads connections and no lock is shared;
// on a Unix socket the workers share one listening descriptor. Accept errors never end a listener:
// it pauses and goes on. Owner: one worker.
#pragma once

#include "net/worker_context.hpp"

#include <boost/asio/steady_timer.hpp>

namespace pulsegate {

class listener {
public:
    /// Opens, binds and listens. Throws std::runtime_error that names the address and says what to
    /// do. \param address  port 0 lets the kernel choose.
    [[nodiscard]] static stream_acceptor open(asio::io_context& io, const socket_address& address);

    /// A second acceptor for the address of one that is open: for another worker.
    [[nodiscard]] static stream_acceptor open_again(asio::io_context& io,
                                                    const stream_acceptor& first);

    listener(worker_context& worker, stream_acceptor acceptor);

    /// Begins to accept. Call on the worker's thread, or before it runs.
    void start() { accept(); }

    /// Stops accepting.
    void stop();

private:
    void accept();
    void on_accept(error_code error, stream_socket client);

    using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, io_executor>;

    worker_context& worker_;
    stream_acceptor acceptor_;
    timer pause_;
    bool has_complained_ = false;
};

} // namespace pulsegate
