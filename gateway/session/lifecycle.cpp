#include "session/lifecycle.hpp"

#include "base/assert.hpp"

#include <utility>

namespace pulsegate {
namespace {

constexpr std::uint16_t no_status = 1005; // RFC 6455 §7.1.5: a Close without a body
constexpr std::uint16_t abnormal = 1006;  // and no Close at all

bool broke_rules(leg which, close_reason why) {
    if (which == leg::app)
        return why == close_reason::app_protocol_error;
    return why == close_reason::protocol_error || why == close_reason::bad_utf8 ||
           why == close_reason::too_big;
}

/// The leg whose peer is told first. What it had sent before its own Close, and what it sends in
/// answer, still reaches the other one (RFC 6455 §5.5.1).
std::optional<leg> first_of(close_reason why) {
    switch (why) {
    case close_reason::app_closed:
        return leg::client;
    case close_reason::client_closed:
    case close_reason::client_lost: // it may have ended its side alone, and still read
    case close_reason::protocol_error:
    case close_reason::bad_utf8:
    case close_reason::too_big:
    case close_reason::rate_exceeded:
    case close_reason::drained:
    case close_reason::age:
    case close_reason::admin:
        return leg::app;
    default:
        return std::nullopt;
    }
}

std::uint16_t wire_code(const close_payload& payload) {
    return payload.code == 0 ? no_status : payload.code;
}

} // namespace

void lifecycle::begin(close_reason why, const told_payloads& told) {
    PULSEGATE_ASSERT(is_open());
    ending_ = std::make_unique<ending>();
    ending_->reason = why;
    ending_->first = first_of(why);
    const close_reason_row& row = row_of(why);
    ending_->at(leg::client).kind = row.to_client;
    ending_->at(leg::client).to_send = told.client;
    ending_->at(leg::app).kind = row.to_app;
    ending_->at(leg::app).to_send = told.app;
}

closing_orders lifecycle::settle() {
    closing_orders orders;
    orders.app = settle(leg::app);
    orders.client = settle(leg::client);
    if (ending_->first == leg::client && !ending_->at(leg::app).is_done && !orders.app.any())
        orders.app = settle(leg::app); // what became of the client may have been waited for
    return orders;
}

leg_orders lifecycle::settle(leg which) {
    leg_orders orders;
    ending_leg& one = ending_->at(which);
    const ending_leg& peer = ending_->at(other(which));
    if (one.is_done)
        return orders;
    const bool ends_without_close = one.kind == farewell::end;
    if (one.kind == farewell::none || (one.is_over && !one.has_received && !ends_without_close)) {
        one.is_done = orders.cut = true;
        return orders;
    }
    const bool waits = ending_->first == other(which) && !peer.is_silent();
    if (!one.is_ordered && !waits) {
        one.is_ordered = true;
        if (one.kind == farewell::answer && peer.has_received)
            one.to_send = peer.received;
        (ends_without_close ? orders.flush : orders.close) = true;
    }
    if (!one.is_told)
        return orders;
    // RFC 6455 §7.1.1: the server ends TCP first. The gateway is the server of the client leg, and
    // waits for the application on the app leg.
    const bool is_complete = one.has_received && !one.is_shut;
    const auto leave = [&] {
        one.is_done = orders.leave = true;
        orders.shut = !one.is_shut;
    };
    if (one.is_over && (is_complete || ends_without_close))
        one.is_done = orders.cut = true;
    else if (is_complete && which == leg::client)
        leave();
    // As a tunnel would: what a client sent before it ended its side is answered.
    else if (ends_without_close && !one.has_received && !peer.is_done)
        orders.shut = !std::exchange(one.is_shut, true);
    // §7.1.7: who broke the rules is told why, and that nothing more will come.
    else if (ends_without_close || one.has_failed ||
             (one.is_shut && (one.has_received || peer.is_done)))
        leave();
    return orders;
}

closing_orders lifecycle::close(close_reason why, const told_payloads& told) {
    if (is_open())
        begin(why, told);
    // Also if another reason was first: frames behind a violation cannot be told apart.
    for (const leg which : {leg::client, leg::app})
        ending_->at(which).has_failed |= broke_rules(which, why);
    return settle();
}

closing_orders lifecycle::on_close_frame(leg from, const close_payload& payload) {
    if (is_open()) {
        begin(from == leg::client ? close_reason::client_closed : close_reason::app_closed,
              {payload, payload});
    }
    ending_->at(from).has_received = true;
    ending_->at(from).received = payload;
    return settle();
}

closing_orders lifecycle::on_end(leg from, leg_end how, const close_payload& told) {
    if (is_open())
        begin(from == leg::client ? close_reason::client_lost : close_reason::app_lost,
              {told, told});
    ending_leg& one = ending_->at(from);
    one.is_over = true;
    const bool is_broken = how == leg_end::broken && !one.is_done;
    one.is_done |= is_broken;
    closing_orders orders = settle();
    if (is_broken)
        (from == leg::app ? orders.app : orders.client).cut = true;
    return orders;
}

closing_orders lifecycle::on_told(leg to) {
    PULSEGATE_ASSERT(!is_open());
    ending_->at(to).is_told = true;
    return settle();
}

closing_orders lifecycle::on_stuck(leg to) {
    PULSEGATE_ASSERT(!is_open());
    ending_leg& one = ending_->at(to);
    if (one.is_done || one.is_told)
        return {};
    one.is_told = one.is_shut = true;
    closing_orders orders = settle();
    leg_orders& own = to == leg::app ? orders.app : orders.client;
    own.shut = true;
    return orders;
}

closing_orders lifecycle::on_expired(leg which) {
    PULSEGATE_ASSERT(!is_open());
    ending_leg& one = ending_->at(which);
    if (one.is_done)
        return {};
    one.is_done = true;
    const bool may_be_left = one.is_told && !one.is_over && !one.has_received;
    closing_orders orders = settle();
    leg_orders& own = which == leg::app ? orders.app : orders.client;
    (may_be_left ? own.leave : own.cut) = true;
    // A client that sleeps may be behind a proxy, which would take the end of this connection for a
    // reason to close the client's, too: with what it has not read yet.
    own.shut = may_be_left && which == leg::app && !one.is_shut;
    return orders;
}

bool lifecycle::has_ended() const {
    return !is_open() && ending_->at(leg::client).is_done && ending_->at(leg::app).is_done;
}

bool lifecycle::is_ordered(leg which) const {
    return !is_open() && ending_->at(which).is_ordered;
}

bool lifecycle::is_told(leg which) const {
    return !is_open() && ending_->at(which).is_told;
}

close_reason lifecycle::reason() const {
    PULSEGATE_ASSERT(!is_open());
    return ending_->reason;
}

const close_payload& lifecycle::farewell_to(leg to) const {
    PULSEGATE_ASSERT(!is_open());
    return ending_->at(to).to_send;
}

std::uint16_t lifecycle::code_of(leg which) const {
    PULSEGATE_ASSERT(!is_open());
    const ending_leg& one = ending_->at(which);
    if (one.is_told && !one.is_shut && one.kind != farewell::end)
        return wire_code(one.to_send);
    return one.has_received ? wire_code(one.received) : abnormal;
}

} // namespace pulsegate
