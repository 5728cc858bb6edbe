#include "server/drain_watch.hpp"

#include "net/listener.hpp"
#include "session/lifecycle.hpp"

namespace pulsegate {
namespace {

constexpr milliseconds poll_interval{50};

} // namespace

const milliseconds drain_watch::grace = lifecycle::longest_end;

void drain_watch::start(time_point until, newcomers what, scraper& scrapes,
                        std::function<void()> done) {
    scrapes_ = &scrapes;
    newcomers_ = what;
    done_ = std::move(done);
    if (what == newcomers::go_to_heir)
        earliest_ = clock::now() + listener::last_arrivals + poll_interval;
    latest_ = std::max(until + grace, earliest_);
    look();
}

void drain_watch::look() {
    const time_point now = clock::now();
    if (now >= latest_)
        return done_();
    if (quota_.taken() > 0 || now < earliest_)
        return look_again_soon();
    if (newcomers_ == newcomers::are_refused)
        return done_();
    // Those who came before others took over may have no place yet.
    scrapes_->scrape([this](const scraper::result& found) {
        if (found.total.handshakes_live == 0 && quota_.taken() == 0)
            return done_();
        look_again_soon();
    });
}

void drain_watch::look_again_soon() {
    timer_.expires_after(poll_interval);
    timer_.async_wait([this](error_code cancelled) {
        if (!cancelled)
            look();
    });
}

} // namespace pulsegate
