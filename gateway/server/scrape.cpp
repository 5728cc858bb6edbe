#include "server/scrape.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pulsegate {
namespace {

/// One scrape in progress; touched on the control thread only.
struct gathering {
    gathering(asio::io_context& control, std::size_t worker_count, std::size_t route_count,
              std::function<void(scraped)> then)
        : deadline(control, scrape_wait), expected(worker_count), done(std::move(then)) {
        result.total.routes.resize(route_count);
    }

    void add(const counters& one) {
        if (!done)
            return; // too late
        result.total += one;
        if (++result.workers_answered == expected)
            finish();
    }

    void finish() {
        deadline.cancel();
        if (const auto then = std::exchange(done, nullptr))
            then(std::move(result));
    }

    asio::steady_timer deadline;
    const std::size_t expected;
    scraped result;
    std::function<void(scraped)> done;
};

} // namespace

void scrape(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers,
            std::size_t route_count, std::function<void(scraped)> done) {
    const auto gather =
        std::make_shared<gathering>(control, workers.size(), route_count, std::move(done));
    gather->deadline.async_wait([gather](error_code) { gather->finish(); });
    for (const auto& each : workers) {
        each->post([gather, &control](worker_context& context) {
            asio::post(control, [gather, copy = context.count] { gather->add(copy); });
        });
    }
}

} // namespace pulsegate
