#include "admin/history_keeper.hpp"

namespace pulsegate {

history_keeper::history_keeper(asio::io_context& control, const snapshots& from)
    : source_(from), timer_(control, history::interval) {
    wait();
}

/// The intervals follow one another without drift; those that were slept through are not made up
/// for.
void history_keeper::wait() {
    timer_.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        source_.take([this](const snapshot& now) { kept_.add(now); });
        timer_.expires_at(std::max(timer_.expiry() + history::interval, clock::now()));
        wait();
    });
}

} // namespace pulsegate
