#include "server/drain_watch.hpp"

#include "net/listen/listener.hpp"
#include "session/lifecycle.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr milliseconds poll_interval{50};

} // namespace

const milliseconds drain_watch::grace = lifecycle::longest_end;

void drain_watch::start(time_point until, newcomers what, scraper& scrapes,
                        std::function<void()> last_call, std::function<void()> done) {
    scrapes_ = &scrapes;
    newcomers_ = what;
    last_call_ = std::move(last_call);
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
    if (newcomers_ == newcomers::are_refused) {
        newcomers_ = newcomers::are_awaited;
        earliest_ = now + listener::last_steps + poll_interval;
        latest_ = std::min(latest_, now + last_answers);
        last_call_();
        return look_again_soon();
    }
    // Those who came before others took over, or before the last call, may have no place yet.
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
