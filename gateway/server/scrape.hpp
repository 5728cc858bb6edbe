// Asks every worker for a copy of its counters and adds the copies up, without waiting for any of
// them on the calling thread. Owner: the control thread.
#pragma once

#include "metrics/counters.hpp"
#include "net/sockets.hpp"
#include "server/worker.hpp"

#include <functional>
#include <memory>
#include <span>

namespace pulsegate {

struct scraped {
    counters total;
    unsigned workers_answered = 0;
};

/// How long a worker may take; what has not answered by then is left out and counted as such.
inline constexpr milliseconds scrape_wait{1'000};

/// \param control  the control thread's event loop, on which `done` runs, once.
void scrape(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers,
            std::size_t route_count, std::function<void(scraped)> done);

} // namespace pulsegate
