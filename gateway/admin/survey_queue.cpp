#include "admin/survey_queue.hpp"

#include <utility>

namespace pulsegate {

bool survey_queue::enter(std::function<void(std::function<void()> finished)> begin) {
    if (waiting_.size() >= most_waiting)
        return false;
    waiting_.push_back({clock::now(), std::move(begin)});
    if (!is_busy_)
        run_next();
    return true;
}

void survey_queue::run_next() {
    const time_point earliest = clock::now() - longest_wait;
    while (!waiting_.empty() && waiting_.front().since < earliest)
        waiting_.pop_front();
    is_busy_ = !waiting_.empty();
    if (!is_busy_)
        return;
    const entry next = std::move(waiting_.front());
    waiting_.pop_front();
    next.begin([this] { run_next(); });
}

} // namespace pulsegate
