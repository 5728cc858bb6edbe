// Feeds those who watch the gateway (GET /events): the history at first, then its status every
// second. One snapshot a second serves all of them, and none is taken while nobody watches. Owner:
// the control thread.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "admin/history_keeper.hpp"
#include "admin/snapshots.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <vector>

namespace pulsegate {

class event_feed {
public:
    /// `from` and `past` outlive *this.
    event_feed(asio::io_context& control, const snapshots& from, const history_keeper& past);

    void subscribe(std::weak_ptr<admin_stream> watcher);

private:
    void wait();
    void tell(const snapshot& now);

    const snapshots& source_;
    const history_keeper& past_;
    asio::steady_timer timer_;
    std::vector<std::weak_ptr<admin_stream>> watchers_; // not empty while the timer runs
};

} // namespace pulsegate
