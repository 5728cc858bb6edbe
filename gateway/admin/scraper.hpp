// Asks every worker for a copy of its counters and adds the copies up, without waiting for any of
// them on the calling thread. Owner: the control thread.
#pragma once

#include "metrics/counters.hpp"
#include "net/sockets.hpp"
#include "net/worker.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace pulsegate {

class scraper {
public:
    /// How long a worker may take. For one that has not answered by then its last copy stands in: a
    /// sum that went down would look like a restart to Prometheus.
    static constexpr milliseconds wait{1'000};

    struct result {
        counters total;
        unsigned workers_answered = 0; // within `wait`
    };

    /// \param control  the control thread's event loop. Both outlive every scrape that is under
    /// way.
    scraper(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers,
            std::size_t route_count);

    /// From now on there are this many routes; never fewer than before.
    void count_routes(std::size_t route_count) { route_count_ = route_count; }

    /// Asks all workers; `done` runs once, on the control thread. Scrapes may overlap.
    void scrape(std::function<void(result)> done);

private:
    struct gathering;

    asio::io_context& control_;
    const std::span<const std::unique_ptr<worker>> workers_;
    std::size_t route_count_;
    std::vector<counters> last_; // the latest copy of each worker's; it may know fewer routes
};

} // namespace pulsegate
