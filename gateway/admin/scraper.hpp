// Asks every worker for a copy of its counters and adds the copies up, without waiting for any of
// them on the calling thread. Owner: the control thread.
#pragma once

#include "metrics/counters.hpp"
#include "net/counted_routes.hpp"
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

    /// \param control  the control thread's event loop. All of them outlive every scrape that is
    /// under way.
    scraper(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers,
            const counted_routes& routes);

    /// Asks all workers; `done` runs once, on the control thread. Scrapes may overlap.
    void scrape(std::function<void(result)> done);

private:
    struct gathering;

    [[nodiscard]] counters nothing() const;

    asio::io_context& control_;
    const std::span<const std::unique_ptr<worker>> workers_;
    const counted_routes& routes_;
    std::vector<counters> last_; // the latest copy of each worker's; it may know fewer places
};

} // namespace pulsegate
