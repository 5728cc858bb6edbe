#include "net/listen/opening.hpp"

#include <utility>

namespace pulsegate {

opening::opening(worker_context& worker, connection&& client, const std::optional<ip_address>& peer)
    : worker_(worker), client_(std::move(client)), peer_(peer) {
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
}

void opening::leave() {
    timing_wheel::disarm(*this);
    on_leave();
    open_.reset();
}

void opening::on_shutdown() {
    const operation<opening> keep_alive(*this);
    give_up(rejection::draining);
}

} // namespace pulsegate
