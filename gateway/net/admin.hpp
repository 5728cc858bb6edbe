// The admin listener: a small HTTP server for /metrics, /healthz and /readyz. Everything happens on
// the one thread that runs the io_context it is given, which must not be a worker's. Connections:
// admin_connection.hpp.
#pragma once

#include "base/time.hpp"
#include "config/configuration.hpp"
#include "net/listening_socket.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace pulsegate {

struct admin_answer {
    unsigned status = 200; // of those whose answers have a body (RFC 9110 §6.4.1)
    std::string content_type;
    std::string body;
};

/// Answers one request. May be kept and called later, but only on the thread of the listener's
/// io_context. Calls after the first do nothing, nor do calls for a client that has gone or waited
/// too long; it may outlive the listener.
using admin_reply = std::function<void(admin_answer)>;

/// What answers each path. All are set; each calls its reply at once or later, and throws nothing.
struct admin_handlers {
    std::function<void(admin_reply)> metrics;
    std::function<void(admin_reply)> healthz;
    std::function<void(admin_reply)> readyz;
};

struct admin_limits {
    milliseconds request{
        10'000}; // from the last answer to the end of the next request; also to write one
    milliseconds answer{10'000};  // for a handler; then the client gets 503
    milliseconds linger{2'000};   // for a client to close after an answer that ends the connection
    std::size_t connections = 64; // those in excess get 503 at once
};

class admin_listener {
public:
    /// Listens from now on; serves once `io` runs. `io` outlives *this.
    /// Throws std::runtime_error, saying the address and why, if it cannot listen there.
    admin_listener(asio::io_context& io, const tcp_address& address, admin_handlers handlers,
                   admin_limits limits = {}, const listening_means& means = {});

    /// Stops. Thread: that of `io`, or any while nothing runs `io`.
    ~admin_listener();
    admin_listener(const admin_listener&) = delete;
    admin_listener& operator=(const admin_listener&) = delete;

    /// Where it listens, with the port that the kernel chose if 0 was asked for; also after stop().
    [[nodiscard]] tcp_address local_address() const;

    /// Has new connections go to the admin listener of a gateway that has taken over, if there is
    /// one. Thread: that of `io`.
    void hand_over();

    /// Closes the listener and all connections, pending replies included; no handler is called any
    /// more. May be called again. Thread: that of `io`, or any while nothing runs `io`.
    void stop();

private:
    class acceptor;
    const std::shared_ptr<acceptor> acceptor_;
};

} // namespace pulsegate
