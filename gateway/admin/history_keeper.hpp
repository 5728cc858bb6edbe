// Keeps the history of a running gateway, also while nobody looks. Owner: the control thread.
#pragma once

#include "admin/history.hpp"
#include "admin/snapshots.hpp"

#include <boost/asio/steady_timer.hpp>

namespace pulsegate {

class history_keeper {
public:
    /// Begins once `control` runs. `from` outlives *this.
    history_keeper(asio::io_context& control, const snapshots& from);

    [[nodiscard]] const history& kept() const { return kept_; }

private:
    void wait();

    const snapshots& source_;
    asio::steady_timer timer_;
    history kept_;
};

} // namespace pulsegate
