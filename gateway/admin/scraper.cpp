#include "admin/scraper.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pulsegate {

/// One scrape in progress; touched on the control thread only.
struct scraper::gathering {
    gathering(scraper& owner, std::function<void(result)> then)
        : of(owner), deadline(owner.control_, wait), done(std::move(then)) {}

    void on_answer() {
        if (++answered == of.workers_.size())
            finish();
    }

    void finish() {
        const auto then = std::exchange(done, nullptr);
        if (!then)
            return; // it has been too late already
        deadline.cancel();
        result sum{.total = {}, .workers_answered = answered};
        sum.total = of.nothing();
        for (counters& each : of.last_) {
            each.routes.resize(sum.total.routes.size());
            sum.total += each;
        }
        then(std::move(sum));
    }

    scraper& of;
    asio::steady_timer deadline;
    unsigned answered = 0;
    std::function<void(result)> done;
};

scraper::scraper(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers,
                 const counted_routes& routes)
    : control_(control), workers_(workers), routes_(routes), last_(workers.size()) {}

/// No figures yet, of each route.
counters scraper::nothing() const {
    counters made;
    for (const numbered_route& each : routes_.all())
        made.routes.push_back({.number = each.number});
    return made;
}

void scraper::scrape(std::function<void(result)> done) {
    const auto gather = std::make_shared<gathering>(*this, std::move(done));
    gather->deadline.async_wait([gather](error_code) { gather->finish(); });
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        workers_[i]->post([this, gather, i](worker_context& context) {
            asio::post(control_, [this, gather, i, copy = context.count]() mutable {
                last_[i] = std::move(copy);
                gather->on_answer();
            });
        });
    }
}

} // namespace pulsegate
