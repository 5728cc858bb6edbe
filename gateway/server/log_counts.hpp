// Has the counts of paced log lines told while the gateway runs, and the last ones at its end.
// Owner: the control thread.
#pragma once

#include "base/paced_log.hpp"
#include "base/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pulsegate {

class log_counts {
public:
    /// Begins when `control` runs, which outlives *this.
    explicit log_counts(boost::asio::io_context& control) : timer_(control) { wait(); }
    ~log_counts() { log::tell_counts(/*all=*/true); }

    void stop() { timer_.cancel(); }

private:
    static constexpr milliseconds interval{1'000};

    void wait() {
        timer_.expires_after(interval);
        timer_.async_wait([this](boost::system::error_code cancelled) {
            if (cancelled)
                return;
            log::tell_counts();
            wait();
        });
    }

    boost::asio::steady_timer timer_;
};

} // namespace pulsegate
