// Connecting to an upstream: its name, TCP and TLS, or a socket pair to the built-in echo.
//
//     name ──► addresses ──► connecting, one address after the other ──► connected
//
// The next address is tried as soon as one has failed, and a second after the one before if that
// does not answer; the earlier one may still be first (RFC 8305). What did not answer in time is
// told by time_out(). Each attempt that failed leaves a line in the log: where, what was tried, why
// not, how long it took.
// Owner: one worker.
#pragma once

#include "config/configuration.hpp"
#include "http/rejection.hpp"
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
    /// From one address that does not answer to the next, unless there is too little time for all.
    static constexpr milliseconds head_start{1'000};

    struct order {
        std::shared_ptr<const client_tls> tls; // null unless it is reached by `wss://`
        std::uint64_t max_message_bytes = 0;   // of the built-in echo
        duration time{};                       // that the caller gives it, and watches itself
        // For the log.
        std::string route;
        std::string connection;
    };

    struct outcome {
        std::optional<rejection> refused; // why there is no connection
        std::optional<app_error> error;   // that it counts as; nothing: it is this process that
                                          // has no more descriptors
        std::string text;                 // what failed, for people
        connection app;                   // connected, unless something failed
        std::string address;              // that it is connected to
    };
    /// Called once. Not called after cancel().
    using on_done = std::function<void(outcome)>;

    explicit app_dial(worker_context& worker) : worker_(worker) {}

    /// Begins to connect; `done` runs later, on the worker.
    void start(const upstream& to, order how, on_done done);

    /// Gives up: `done` is dropped.
    void cancel();

    /// The same, for it has taken too long: what was under way is told in the log as failed.
    void time_out();

private:
    class attempt;
    worker_context& worker_;
    std::shared_ptr<attempt> attempt_;
};

} // namespace pulsegate
