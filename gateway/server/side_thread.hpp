// A thread beside the control thread, for what may take long: the control thread answers probes,
// feeds watchdogs and takes signals. It is given values and gives values back, by asio::post.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>

namespace pulsegate {

class side_thread {
public:
    ~side_thread() { stop(); }
    side_thread() = default;
    side_thread(const side_thread&) = delete;
    side_thread& operator=(const side_thread&) = delete;

    /// Control thread only, as stop().
    void start() {
        if (!thread_.joinable())
            thread_ = std::thread([this] { loop_.run(); });
    }

    /// Returns when the thread has ended, after what it does now. What waits is not done.
    void stop() {
        loop_.stop();
        if (thread_.joinable())
            thread_.join();
    }

    /// Where to post to; before start() that waits.
    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

private:
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> goes_on_{
        loop_.get_executor()};
    std::thread thread_;
};

} // namespace pulsegate
