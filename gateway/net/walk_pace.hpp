// Keeps walks along a worker's members from taking more than a share of its time, all of them
// together: while a walk goes on, nothing else does. Slices come in turn; after each there is a
// pause that is as much longer as the share is small. Owner: the worker.
#pragma once

#include "base/time.hpp"
#include "net/poller.hpp"
#include "net/sockets.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace pulsegate {

class walk_pace {
public:
    /// In percent of the worker's time.
    static constexpr int share = 10;

    walk_pace(asio::io_context& io, poller& poll) : timer_(io.get_executor()), poll_(poll) {}

    /// Runs `slice` now if walks may take time and none waits, else when its turn has come. One
    /// that asks for its next slice goes to the end of the queue; its length is the number of
    /// walks.
    void take_turn(std::function<void()> slice);

    /// Drops those that wait. Nothing runs any more.
    void stop();

private:
    void run_next();
    void wait();

    asio::basic_waitable_timer<clock, asio::wait_traits<clock>, io_executor> timer_;
    poller& poll_;
    std::deque<std::function<void()>> waiting_;
    time_point free_at_{}; // the pause after the last slice is over
    bool is_busy_ = false; // a slice runs, or the timer does
    bool is_stopped_ = false;
    std::optional<poll_hold> hold_; // while the timer runs
};

} // namespace pulsegate
