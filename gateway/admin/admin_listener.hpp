// The admin listener: a small HTTP server for what the gateway tells of itself, and what it can be
// told to do. Everything happens on the one thread that runs the io_context it is given, which must
// not be a worker's. Connections: admin_connection.hpp; who may ask what: admin_rules.hpp.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "net/listen/listening_socket.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pulsegate {

struct admin_limits {
    milliseconds request{
        10'000}; // from the last answer to the end of the next request; also to write one
    milliseconds answer{10'000};  // for a handler; then the client gets 503
    milliseconds linger{2'000};   // for a client to close after an answer that ends the connection
    std::size_t connections = 64; // at once; beyond that an idle one makes room for who comes
    std::size_t extra = 16;       // more, if none is idle: they get 503 for all but open endpoints
    std::size_t streams = 32;     // of `connections`: answers without end; those in excess get 503
    std::size_t backlog = 16;     // events that a client may be behind before it is cut
};

class admin_listener {
public:
    /// Listens from now on; serves once `io` runs. `io` outlives *this.
    /// \param token  that clients have to show; "" if there is none.
    /// Throws std::runtime_error, saying the address and why, if it cannot listen there.
    admin_listener(asio::io_context& io, const tcp_address& address,
                   std::vector<admin_endpoint> endpoints, std::string token = "",
                   admin_limits limits = {}, const listening_means& means = {});

    /// Stops. Thread: that of `io`, or any while nothing runs `io`.
    ~admin_listener();
    admin_listener(const admin_listener&) = delete;
    admin_listener& operator=(const admin_listener&) = delete;

    /// Where it listens, with the port that the kernel chose if 0 was asked for; also after stop().
    [[nodiscard]] tcp_address local_address() const;

    /// From now on clients have to show this token. Streams that have begun go on. Thread: that of
    /// `io`.
    void change_token(std::string token);

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
