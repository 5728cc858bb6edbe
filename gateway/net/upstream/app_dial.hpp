// Connecting to an upstream: name resolution, TCP and TLS, or a socket pair to the built-in echo.
// Owner: one worker.
#pragma once

#include "config/configuration.hpp"
#include "metrics/counters.hpp"
#include "net/connection.hpp"
#include "net/tls/tls_context.hpp"
#include "net/tls/tls_queue.hpp"
#include "net/worker_context.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pulsegate {

class app_dial {
public:
    struct outcome {
        std::optional<app_error> failed;
        std::string text;               // what failed, for people
        connection app;                 // connected, unless something failed
        bool lacks_descriptors = false; // what failed is this process, which has no more of them
    };
    /// Called once. Not called after cancel().
    using on_done = std::function<void(outcome)>;

    explicit app_dial(worker_context& worker) : worker_(worker) {}

    /// Begins to connect; `done` runs later, on the worker.
    /// \param tls  null unless the upstream is reached by `wss://`.
    void start(const upstream& to, std::shared_ptr<const client_tls> tls,
               std::uint64_t max_message_bytes, on_done done);

    /// Gives up: `done` is dropped.
    void cancel();

private:
    struct attempt;
    worker_context& worker_;
    std::shared_ptr<attempt> attempt_;
};

} // namespace pulsegate
