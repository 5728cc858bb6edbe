// Accepts client connections on one address for one worker. Every worker has a listener of its own
// on the same TCP address (SO_REUSEPORT), so the kernel spreads connections and no lock is shared;
// on a Unix socket the workers share one listening descriptor. When descriptors run out,
// newcomers make room; while none can, and after accept errors, it pauses and goes on. Owner: one
// worker.
#pragma once

#include "net/worker_context.hpp"

#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace pulsegate {

class listener final : private poll_target {
public:
    /// How long connections may still arrive after others have taken over. A handshake of TCP that
    /// began before has ended by then: the first retransmission comes after one second (RFC 6298
    /// section 2).
    static constexpr milliseconds last_arrivals{1'500};

    /// The same where nobody takes over and newcomers are overlooked: on the way are only packets
    /// that clients sent before.
    static constexpr milliseconds last_steps{100};

    /// \param index         of its settings in configuration::listeners, also after a reload.
    /// \param is_inherited  somebody else keeps the socket open over the end of this process.
    listener(worker_context& worker, stream_acceptor acceptor, std::size_t index,
             bool is_inherited);

    /// Begins to accept. Call on the worker's thread, or before it runs.
    void start() { watch(); }

    /// The worker's settings have changed. Connections that come from now on follow them.
    void on_settings();

    /// The worker drains. An inherited socket keeps what comes for the next process. If there is an
    /// heir, a gateway that has taken over, the last connections that came here are accepted
    /// before the socket is closed. Else accepting goes on, and handshakes are refused.
    void on_drain(bool has_heir);

    /// The drain is over, and nobody takes over: accepts those who have connected by now, so that
    /// they get their answer and no reset, and closes the socket, unless it is inherited.
    void on_last_call();

    [[nodiscard]] bool is_inherited() const { return is_inherited_; }

    /// Stops accepting.
    void stop();

private:
    void on_ready(std::uint32_t events) override;
    void watch();
    void accept(int most);
    void receive(int descriptor, const sockaddr_storage& peer);
    [[nodiscard]] bool has_descriptors();
    void complain(int error);
    void pause(milliseconds rest);
    void stop_after(milliseconds rest);

    using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, io_executor>;

    worker_context& worker_;
    const std::size_t index_; // into configuration::listeners
    const bool is_inherited_;
    stream_acceptor acceptor_;
    poll_watch watch_; // of the acceptor
    timer pause_;
    std::optional<poll_hold> hold_; // while it pauses
    timer until_last_arrivals_;
    bool has_complained_ = false;
    bool lacks_descriptors_ = false; // as far as the last connection told
};

} // namespace pulsegate
