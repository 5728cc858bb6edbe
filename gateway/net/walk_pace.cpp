#include "net/walk_pace.hpp"

#include <utility>

namespace pulsegate {

void walk_pace::take_turn(std::function<void()> slice) {
    if (is_stopped_)
        return;
    waiting_.push_back(std::move(slice));
    if (is_busy_)
        return;
    is_busy_ = true;
    if (clock::now() < free_at_)
        wait();
    else
        run_next();
}

void walk_pace::stop() {
    is_stopped_ = true;
    waiting_.clear();
    timer_.cancel();
    hold_.reset();
}

void walk_pace::run_next() {
    const auto slice = std::move(waiting_.front());
    waiting_.pop_front();
    const time_point began = clock::now();
    slice();
    const time_point ended = clock::now();
    free_at_ = ended + (ended - began) * (100 - share) / share;
    if (waiting_.empty())
        is_busy_ = false;
    else
        wait();
}

void walk_pace::wait() {
    hold_.emplace(poll_);
    timer_.expires_at(free_at_);
    timer_.async_wait([this](error_code cancelled) {
        if (cancelled || is_stopped_)
            return;
        hold_.reset();
        run_next();
    });
}

} // namespace pulsegate
