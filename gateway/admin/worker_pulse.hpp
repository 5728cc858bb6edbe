// Whether the workers turn their event loops, known before anybody asks: a probe is answered at
// once, however busy they are. Each is asked one thing at a time. Owner: the control thread.
#pragma once

#include "net/sockets.hpp"
#include "net/worker.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <span>
#include <vector>

namespace pulsegate {

class worker_pulse {
public:
    /// From an answer to the next question.
    static constexpr milliseconds interval{250};

    /// A worker that takes longer to answer does not respond.
    static constexpr milliseconds patience{1'000};

    /// Begins to ask when `control` runs. Both outlive this.
    worker_pulse(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers);

    /// How many workers do not respond; none while this thread itself has not looked.
    [[nodiscard]] std::size_t silent() const;

private:
    struct question {
        bool is_open = false;
        time_point asked{};
    };

    void look();
    [[nodiscard]] bool was_away(time_point now) const { return now - looked_ > 2 * interval; }

    asio::io_context& control_;
    const std::span<const std::unique_ptr<worker>> workers_;
    asio::steady_timer timer_;
    std::vector<question> questions_; // to each worker
    time_point looked_{};
};

} // namespace pulsegate
