#include "session/lifecycle.hpp"

#include "base/assert.hpp"

namespace pulsegate {
namespace {

constexpr std::uint16_t no_status = 1005; // RFC 6455 §7.1.5: a Close without a body
constexpr std::uint16_t abnormal = 1006;  // and no Close at all

// In an orderly end the application finishes first, so that what it had sent before still reaches
// the client.
bool is_orderly(close_reason why) {
    return why == close_reason::client_closed || why == close_reason::drained ||
           why == close_reason::age || why == close_reason::admin;
}

bool broke_rules(leg which, close_reason why) {
    if (which == leg::app)
        return why == close_reason::app_protocol_error;
    return why == close_reason::protocol_error || why == close_reason::bad_utf8 ||
           why == close_reason::too_big;
}

std::uint16_t wire_code(const close_payload& payload) {
    return payload.code == 0 ? no_status : payload.code;
}

} // namespace

void lifecycle::begin(close_reason why, const close_payload& configured,
                      const close_payload& carried, time_point now) {
    PULSEGATE_ASSERT(is_open());
    ending_ = std::make_unique<ending>();
    ending_->reason = why;
    ending_->wait = why == close_reason::evicted ? silent_close_wait : close_wait;
    ending_->deadline = now + ending_->wait;
    ending_->app_first = is_orderly(why);
    const close_reason_row& row = row_of(why);
    const auto prepare = [&](ending_leg& target, farewell kind) {
        target.kind = kind;
        if (kind == farewell::fixed)
            target.to_send = row.fixed;
        else if (kind == farewell::configured)
            target.to_send = configured;
        else if (kind == farewell::carried || kind == farewell::answer)
            target.to_send = carried;
    };
    prepare(ending_->at(leg::client), row.to_client);
    prepare(ending_->at(leg::app), row.to_app);
}

closing_orders lifecycle::settle(time_point now) {
    closing_orders orders;
    const auto settle_leg = [](ending_leg& one, bool may_send, bool& close, bool& cut) {
        if (one.is_cut)
            return;
        if (one.is_over || one.kind == farewell::none) {
            one.is_cut = cut = true;
        } else if (!one.is_ordered && may_send) {
            one.is_ordered = close = true;
        }
    };
    ending_leg& app = ending_->at(leg::app);
    ending_leg& client = ending_->at(leg::client);
    app.is_over |= app.has_failed; // it has nothing to say any more, and nothing is said to it
    settle_leg(app, true, orders.close_app, orders.cut_app);
    const bool app_is_done = app.is_cut || app.has_received || app.has_failed;
    settle_leg(client, !ending_->app_first || app_is_done, orders.close_client, orders.cut_client);
    if (orders.close_client)
        ending_->deadline = now + ending_->wait; // however long the application took
    // RFC 6455 §7.1.1: the server ends TCP first. The gateway is the server of the client leg, and
    // waits for the application on the app leg.
    if (!client.is_cut && client.is_sent && client.has_received)
        client.is_cut = orders.cut_client = true;
    // RFC 6455 §7.1.7: a client that broke the rules is told why, and that nothing more will come.
    if (!client.is_cut && client.is_sent && client.has_failed && !client.is_shut)
        client.is_shut = orders.shut_client = true;
    return orders;
}

closing_orders lifecycle::close(close_reason why, const close_payload& configured, time_point now) {
    if (is_open())
        begin(why, configured, {}, now);
    // Also if another reason was first: frames behind a violation cannot be told apart.
    for (const leg which : {leg::client, leg::app})
        ending_->at(which).has_failed |= broke_rules(which, why);
    return settle(now);
}

closing_orders lifecycle::on_close_frame(leg from, const close_payload& payload, time_point now) {
    if (is_open()) {
        begin(from == leg::client ? close_reason::client_closed : close_reason::app_closed, {},
              payload, now);
    }
    ending_->at(from).has_received = true;
    ending_->at(from).received = payload;
    return settle(now);
}

closing_orders lifecycle::on_end(leg from, time_point now) {
    if (is_open())
        begin(from == leg::client ? close_reason::client_lost : close_reason::app_lost, {}, {},
              now);
    ending_->at(from).is_over = true;
    return settle(now);
}

closing_orders lifecycle::on_close_sent(leg to, time_point now) {
    PULSEGATE_ASSERT(!is_open());
    ending_->at(to).is_sent = true;
    return settle(now);
}

closing_orders lifecycle::on_deadline(time_point now) {
    if (is_open() || now < ending_->deadline)
        return {};
    closing_orders orders;
    ending_leg& client = ending_->at(leg::client);
    ending_leg& app = ending_->at(leg::app);
    const bool client_must_still_be_told = !client.is_cut && !client.is_ordered;
    if (!app.is_cut)
        app.is_cut = orders.cut_app = true;
    if (client_must_still_be_told) {
        client.is_ordered = orders.close_client = true;
        ending_->deadline = now + ending_->wait;
    } else if (!client.is_cut) {
        client.is_cut = orders.cut_client = true;
    }
    return orders;
}

bool lifecycle::has_ended() const {
    return !is_open() && ending_->at(leg::client).is_cut && ending_->at(leg::app).is_cut;
}

bool lifecycle::may_forward(leg from) const {
    if (is_open())
        return true;
    const ending_leg& to = ending_->at(other(from));
    return !is_deaf_to(from) && !to.is_ordered && !to.is_cut;
}

bool lifecycle::is_deaf_to(leg from) const {
    return !is_open() && (ending_->at(from).has_received || ending_->at(from).has_failed);
}

std::optional<time_point> lifecycle::deadline() const {
    if (is_open() || has_ended())
        return std::nullopt;
    return ending_->deadline;
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
    if (one.is_sent)
        return wire_code(one.to_send);
    return one.has_received ? wire_code(one.received) : abnormal;
}

} // namespace pulsegate
