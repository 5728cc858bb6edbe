// Waits until a draining gateway is empty. Owner: the control thread.
#pragma once

#include "admin/scraper.hpp"
#include "base/time.hpp"
#include "client/connection_quota.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>

namespace pulsegate {

class drain_watch {
public:
    /// What a session that was asked to end at the last moment of the window may still take.
    static const milliseconds grace;

    /// What the last who connected may still take to send their request and to read their answer,
    /// within `grace`.
    static constexpr milliseconds last_answers{2'500};

    /// What becomes of those who connect while the gateway drains.
    enum class newcomers {
        are_refused, // until the end: see `last_call` of start()
        are_awaited, // others take them, but for those who came before: they are served
        go_to_heir,  // likewise; the last ones arrive within listener::last_arrivals
    };

    drain_watch(asio::io_context& control, const connection_quota& quota)
        : quota_(quota), timer_(control) {}

    /// Calls `done` when the last session has ended, or `grace` after `until`.
    /// \param last_call  called before `done` where newcomers are refused, if all sessions have
    ///                   ended: stops letting them in. `done` waits for their answers then, for
    ///                   `last_answers` at most and not beyond `grace`.
    void start(time_point until, newcomers what, scraper& scrapes, std::function<void()> last_call,
               std::function<void()> done);

    void stop() { timer_.cancel(); }

private:
    void look();
    void look_again_soon();

    const connection_quota& quota_;
    asio::steady_timer timer_;
    scraper* scrapes_ = nullptr;
    newcomers newcomers_ = newcomers::are_refused;
    time_point earliest_{};
    time_point latest_{};
    std::function<void()> last_call_;
    std::function<void()> done_;
};

} // namespace pulsegate
