// What the gateway and systemd tell each other, if systemd runs it: sd_notify(3), sd_listen_fds(3),
// sd_watchdog_enabled(3). Without a service manager everything here does nothing. Owner: the
// control thread.
#pragma once

#include "base/time.hpp"
#include "net/listen/listening_socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <vector>

namespace pulsegate {

/// The listening sockets that the process was started with (socket activation). To be called once,
/// before threads start. Throws std::runtime_error for a descriptor that is no listening socket.
[[nodiscard]] std::vector<inherited_socket> take_inherited_sockets();

class service_manager {
public:
    explicit service_manager(asio::io_context& control) : timer_(control) {}

    void on_ready();
    void on_reload_begins();
    void on_reload_ends();
    /// \param longest  how long the end may take: the service manager waits as long.
    void on_drain(duration longest);

    /// If the service manager wants to hear regularly that the gateway is alive, asks `check` twice
    /// in that period; it is to call its argument when all is well.
    void watch(std::function<void(std::function<void()>)> check);

    void stop() { timer_.cancel(); }

private:
    void wait(duration period);

    asio::steady_timer timer_;
    std::function<void(std::function<void()>)> check_;
};

} // namespace pulsegate
