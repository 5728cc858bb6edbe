#include "admin/worker_pulse.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace pulsegate {

worker_pulse::worker_pulse(asio::io_context& control,
                           std::span<const std::unique_ptr<worker>> workers)
    : control_(control), workers_(workers), timer_(control), questions_(workers.size()) {
    asio::post(control_, [this] { look(); });
}

std::size_t worker_pulse::silent() const {
    const time_point now = clock::now();
    if (was_away(now))
        return 0;
    return static_cast<std::size_t>(
        std::count_if(questions_.begin(), questions_.end(), [&](const question& each) {
            return each.is_open && now - each.asked > patience;
        }));
}

void worker_pulse::look() {
    const time_point now = clock::now();
    const bool has_been_away = was_away(now); // so may the workers have been: all were stopped
    looked_ = now;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        question& one = questions_[i];
        if (one.is_open && !has_been_away)
            continue;
        one.asked = now;
        if (std::exchange(one.is_open, true))
            continue;
        workers_[i]->post([this, i](worker_context&) {
            asio::post(control_, [this, i] { questions_[i].is_open = false; });
        });
    }
    timer_.expires_after(interval);
    timer_.async_wait([this](error_code cancelled) {
        if (!cancelled)
            look();
    });
}

} // namespace pulsegate
