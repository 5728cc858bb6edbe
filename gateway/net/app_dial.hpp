// Connecting to an upstream: name resolution, TCP, or a socket pair to the built-in echo. Owner:
// one worker.
#pragma once

#include "config/configuration.hpp"
#include "metrics/counters.hpp"
#include "net/sockets.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace pulsegate {

class app_dial {
public:
    /// Called once: with a connected socket, or with what went wrong. Not called after cancel().
    using on_done = std::function<void(std::optional<app_error>, stream_socket)>;

    explicit app_dial(asio::io_context& io) : io_(io) {}

    /// Begins to connect; `done` runs later, on the worker.
    void start(const upstream& to, std::uint64_t max_message_bytes, on_done done);

    /// Gives up: `done` is dropped.
    void cancel();

private:
    struct attempt;
    asio::io_context& io_;
    std::shared_ptr<attempt> attempt_;
};

} // namespace pulsegate
