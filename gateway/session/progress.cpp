#include "session/progress.hpp"

namespace pulsegate {

progress::backlog& progress::begin_backlog() {
    if (backlog_ == nullptr)
        backlog_ = std::make_unique<backlog>();
    return *backlog_;
}

bool progress::on_waiting(moment now) {
    backlog& now_waiting = begin_backlog();
    if (now_waiting.is_waiting)
        return false;
    now_waiting.is_waiting = true;
    now_waiting.since = now.observed;
    now_waiting.has_looked = false; // what was acknowledged before is no sign of now
    return true;
}

void progress::on_taken(moment now) {
    if (is_waiting())
        backlog_->took = now.observed;
}

void progress::on_look(const tcp_look& seen, moment now) {
    backlog& known = begin_backlog();
    const bool has_waited = known.is_waiting || known.is_in_kernel;
    if (known.has_looked && has_waited && seen.acked > known.acked)
        known.took = now.observed;
    const bool is_closed = seen.unsent > 0 && seen.unsent == seen.waiting;
    if (is_closed && !known.is_waiting && !known.is_window_closed)
        known.since = now.observed;
    known.is_window_closed = is_closed;
    known.acked = seen.acked;
    known.looked = now.observed;
    known.has_looked = true;
    known.is_in_kernel = seen.waiting > 0;
    known.is_unsent = seen.unsent > 0;
}

} // namespace pulsegate
