#include "net/listen/opening.hpp"

#include "base/assert.hpp"

#include <utility>

namespace pulsegate {

rejection reason_of(newcomers::scarcity what) {
    switch (what) {
    case newcomers::scarcity::places:
        return rejection::newcomer_limit;
    case newcomers::scarcity::places_of_client:
        return rejection::client_newcomer_limit;
    case newcomers::scarcity::descriptors:
        return rejection::no_descriptors;
    }
    PULSEGATE_ASSERT(false);
}

opening::opening(worker_context& worker, connection&& client, accepted_client&& known)
    : worker_(worker), client_(std::move(client)), known_(std::move(known)) {
    known_.place.wait_for_client(*this);
    open_.emplace(*this);
    worker.members.push_back(*this);
    ++worker.count.handshakes_live;
}

opening::~opening() {
    --worker_.count.handshakes_live;
}

void opening::arm(duration allowed) {
    worker_.wheel.arm(*this, worker_.now().real + allowed);
}

void opening::wait(poll_target& target, std::uint32_t events) {
    if (!client_.watch(target, events))
        give_up(rejection::client_gone);
}

void opening::reject(rejection why) {
    if (!std::exchange(is_rejected_, true))
        worker_.count.on_rejected(why);
}

void opening::give_up(rejection why) {
    reject(why);
    cut();
}

void opening::cut() {
    leave();
    client_.cut();
    known_.place = {};
}

void opening::leave() {
    timing_wheel::disarm(*this);
    on_leave();
    open_.reset();
}

void opening::on_make_room(newcomers::scarcity of) {
    const operation<opening> keep_alive(*this);
    if (is_rejected_) // its answer is out
        return cut();
    if (client_.has_unread_bytes())
        return on_bytes();
    give_up(reason_of(of));
}

void opening::on_shutdown() {
    const operation<opening> keep_alive(*this);
    give_up(rejection::draining);
}

} // namespace pulsegate
