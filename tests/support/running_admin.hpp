// An admin listener on a thread of its own, with handlers that answer at once or leave the reply to
// the test.
#pragma once

#include "net/admin.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace pulsegate::test {

class running_admin {
public:
    explicit running_admin(admin_limits limits = {});

    /// Stops the listener and waits for its thread, which ends only when no operation is pending
    /// any more.
    ~running_admin();
    running_admin(const running_admin&) = delete;
    running_admin& operator=(const running_admin&) = delete;

    [[nodiscard]] std::uint16_t port() const { return listener_.local_address().port; }

    /// Runs it on the admin thread and waits until it has run.
    void on_thread(const std::function<void()>& what);

    /// Waits until `/healthz` was asked this often in all; false if that takes too long. Its
    /// replies are kept.
    [[nodiscard]] bool wait_for_health_requests(std::size_t count);

    /// Answers all requests for `/healthz` so far, those of the past once more.
    void answer_health(unsigned status);

    /// Answers the request for `/healthz` with this number; the first is 0.
    void answer_health_request(std::size_t request, unsigned status);

    void stop();

private:
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::vector<admin_reply> health_replies_; // admin thread only
    admin_listener listener_;
    std::thread thread_;
};

} // namespace pulsegate::test
