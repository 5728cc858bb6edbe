// An admin listener on a thread of its own, with an endpoint of each kind: some answer at once, one
// leaves the reply to the test.
#pragma once

#include "admin/admin_listener.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pulsegate::test {

class running_admin {
public:
    static constexpr std::string_view token = "0123456789abcdef";

    explicit running_admin(admin_limits limits = {}, std::string_view shown = token);

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

    /// Sends an event of this text to all who read `/events`.
    void send_event(const std::string& text);

    /// How many read `/events`, as far as the listener knows.
    [[nodiscard]] std::size_t watchers();

    /// Has clients show another token.
    void change_token(const std::string& next);

    void stop();

private:
    [[nodiscard]] std::vector<admin_endpoint> endpoints();

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::vector<admin_reply> health_replies_;           // admin thread only
    std::vector<std::weak_ptr<admin_stream>> watchers_; // admin thread only
    admin_listener listener_;
    std::thread thread_;
};

} // namespace pulsegate::test
