// What the admin listener serves: the table of its endpoints, and what they are answered from. One
// file beside this one for each subject. Owner: the control thread.
#pragma once

#include "admin/admin_endpoint.hpp"
#include "admin/connections.hpp"
#include "admin/event_feed.hpp"
#include "admin/gateway_view.hpp"
#include "admin/history_keeper.hpp"
#include "admin/shared_question.hpp"
#include "admin/snapshots.hpp"
#include "admin/worker_pulse.hpp"

#include <vector>

namespace pulsegate {

class admin_answers {
public:
    explicit admin_answers(gateway_view of);
    admin_answers(const admin_answers&) = delete;
    admin_answers& operator=(const admin_answers&) = delete;

    /// The table. Its handlers refer to *this.
    [[nodiscard]] std::vector<admin_endpoint> endpoints();

private:
    void show_health(const admin_reply& reply);
    void show_readiness(const admin_reply& reply);
    void show_history(const admin_reply& reply);

    const gateway_view of_;
    const snapshots source_;
    shared_question<admin_answer> metrics_;
    shared_question<admin_answer> status_;
    const worker_pulse pulse_;
    const history_keeper past_;
    event_feed events_;
    connections connections_;
};

} // namespace pulsegate
