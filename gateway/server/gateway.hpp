// The whole gateway: builds workers, listeners and the admin listener from a configuration and
// wires them together. All wiring is in gateway.cpp.
#pragma once

#include "alignment/alignment.hpp"
#include "config/configuration.hpp"
#include "net/listen/listening_socket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace pulsegate {

class gateway {
public:
    struct options {
        // SIGTERM and SIGINT drain, a second one stops at once; SIGHUP reloads
        bool handle_signals = true;
        /// What start-up found about the proxies in front, to be exported and kept true; with
        /// nothing, neither happens.
        std::optional<checked_configuration> checked = {};
        /// Reads the configuration again, for reload(); runs on the control thread.
        std::function<result<checked_configuration>()> read_again = {};
        listening_means listening = {};
        /// Runs once, on the control thread, when every worker serves.
        std::function<void()> on_ready = {};
    };

    /// Binds every address. Throws std::runtime_error that says which one and what to do.
    gateway(configuration config, options how);
    ~gateway();

    /// Where the gateway listens, in the order of the configuration, with the ports that the kernel
    /// chose.
    [[nodiscard]] std::vector<socket_address> listener_addresses() const;
    [[nodiscard]] tcp_address admin_address() const;

    enum class outcome {
        drained, // every session was asked to end, and did
        cut,     // sessions were cut: a second signal, or stop()
    };

    /// Serves until drain() or stop() has run its course. The calling thread serves the admin
    /// listener meanwhile.
    outcome run();

    /// Ends all sessions over `drain.window`. New ones are refused, or left to a gateway that has
    /// begun to listen on the same addresses. A second call is a stop(). Thread-safe.
    void drain();

    /// Reads the configuration again and serves by it, if it is one that run() could start with;
    /// else the old one stays. No session ends and none waits. What only a restart can change stays
    /// as it is, and the log says so. Thread-safe.
    void reload();

    /// Ends everything at once. Thread-safe.
    void stop();

private:
    class wiring;
    std::unique_ptr<wiring> wiring_;
};

} // namespace pulsegate
