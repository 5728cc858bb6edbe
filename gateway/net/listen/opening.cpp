#include "net/listen/opening.hpp"

#include "base/assert.hpp"
#include "base/paced_log.hpp"

#include <utility>
#include <vector>

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

void log_refusal(rejection why, unsigned status, std::string_view detail,
                 const refused_connection& whose, std::string_view message) {
    std::vector<log::common_word> words{{"reason", label_of(why)}};
    if (!whose.route.empty())
        words.push_back({"route", whose.route});
    std::vector<log::field> fields;
    if (status != 0)
        fields.emplace_back("status", status);
    const std::pair<std::string_view, std::string_view> texts[] = {
        {"client", whose.client}, {"path", whose.path},           {"origin", whose.origin},
        {"connection", whose.id}, {"address", whose.app_address}, {"detail", detail}};
    for (const auto& [key, text] : texts)
        if (!text.empty())
            fields.emplace_back(key, text);
    log::write_paced(row_of(why).level, message, words, fields);
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

void opening::reject(rejection why, unsigned status, std::string_view detail) {
    if (std::exchange(is_answered_, true))
        return;
    if (counted_ != nullptr)
        counted_->on_rejected(why);
    else
        worker_.count.on_rejected(why);
    if (log::is_enabled(row_of(why).level))
        log_refusal(why, status, detail, describe());
}

void opening::give_up(rejection why, std::string_view detail) {
    reject(why, 0, detail);
    cut();
}

refused_connection opening::describe() const {
    return {known_.peer ? known_.peer->to_string() : "unix"};
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
    if (is_answered_) // its answer is out
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
