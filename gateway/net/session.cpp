// session: its beginning, its heartbeats and deadlines, and its end.
#include "net/session.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/log.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace pulsegate {
namespace {

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

session::session(worker_context& worker, session_origin&& origin, connection&& client,
                 connection&& app, moment now, duration phase)
    : worker_(worker), origin_(std::move(origin)), opened_(now.real),
      client_(*this, leg::client, std::move(client), rules_for(leg::client, origin_),
              heartbeat(now, phase)),
      app_(*this, leg::app, std::move(app), rules_for(leg::app, origin_), heartbeat(now, phase)) {}

void session::begin(worker_context& worker, session_origin origin, connection client,
                    std::string_view client_bytes, connection app, std::string_view app_bytes) {
    const moment now = worker.now();
    const duration phase =
        random_phase(origin.settings->config.routes[origin.route].heartbeat.interval);
    auto* const self =
        new session(worker, std::move(origin), std::move(client), std::move(app), now, phase);
    const operation keep_alive(*self);
    worker.members.push_back(*self);
    route_counters& counted = self->my_counters();
    ++counted.opened;
    ++counted.live;
    self->client_.sent = self->app_.sent = now.observed;
    self->plan_goodbye(now);
    self->limit_rate();
    self->receive_early(leg::app, app_bytes, now);
    self->receive_early(leg::client, client_bytes, now);
    self->watch(now);
    self->arm(now);
    if (worker.drain_until)
        self->on_drain(*worker.drain_until);
    self->on_reload();
}

route_counters& session::my_counters() const {
    return worker_.count.routes[origin_.settings->places_of_counters[origin_.route]];
}

void session::receive_early(leg from, std::string_view bytes, moment now) {
    take_in(from, as_bytes(bytes), now);
}

void session::on_due() {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    perform(lifecycle_.on_deadline(now.real), now);
    if (now.real >= goodbye_at_)
        close(is_dismissed_         ? close_reason::admin
              : worker_.drain_until ? close_reason::drained
                                    : close_reason::age,
              now);
    resume(now);
    for (const leg which : {leg::client, leg::app}) {
        beat(which, now);
        check_stall(which, now);
    }
    watch(now);
    arm(now);
}

void session::beat(leg to, moment now) {
    if (!lifecycle_.is_open())
        return;
    side& out = at(to);
    const auto due = out.heart.on_due(rhythm_of(to), now);
    if (due.silent) {
        // What waits in the socket was sent in time; it is the gateway that has not looked yet.
        const bool is_held = to == leg::client && holds_input();
        if (is_held || out.io.has_unread_bytes()) {
            out.heart.on_received(now);
        } else {
            close(to == leg::client ? close_reason::evicted : close_reason::app_timeout, now);
            return;
        }
    }
    if (due.ping || due.text)
        limit_silence_of_kernel(to);
    out.own.ping |= due.ping;
    if (due.text)
        queue_frame(to, opcode::text, my_route().heartbeat.text_send, now);
    fill_gap(to, now);
}

void session::check_stall(leg to, moment now) {
    const side& out = at(to);
    if (lifecycle_.is_open() && out.io.pending_bytes() > 0 &&
        now.observed - out.stalled_since >= config().limits.write_stall)
        close(to == leg::client ? close_reason::slow_client : close_reason::slow_app, now);
}

heartbeat_rhythm session::rhythm_of(leg which) const {
    const heartbeat_settings& settings = my_route().heartbeat;
    return which == leg::client ? client_rhythm(settings) : app_rhythm(settings);
}

void session::on_drain(time_point until) {
    const moment now = worker_.now();
    const duration window = until - now.real;
    const duration wait = window > duration::zero() ? random_phase(window) : duration::zero();
    if (now.real + wait < goodbye_at_) {
        goodbye_at_ = now.real + wait;
        is_dismissed_ = false;
    }
    arm(now);
}

void session::on_shutdown() {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    close(close_reason::shutdown, now);
    for (const leg which : {leg::client, leg::app}) // those that were ending already
        perform(lifecycle_.on_end(which, now.real), now);
}

void session::close(close_reason why, moment now, const char* detail) {
    const close_payload& configured = why == close_reason::drained || why == close_reason::age
                                          ? config().drain.close
                                          : my_route().heartbeat.close;
    const closing_orders orders = lifecycle_.close(why, configured, now.real);
    look(now, detail);
    perform(orders, now);
}

/// Remembers how things stood when the session began to end.
void session::look(moment now, const char* detail) {
    if (last_look_ != nullptr)
        return;
    last_look_ = std::make_unique<last_look>(last_look{
        client_.heart.idle(now), now.observed - client_.sent, app_.heart.idle(now), detail});
}

void session::perform(const closing_orders& orders, moment now) {
    if (lifecycle_.is_open())
        return;
    look(now, nullptr);
    if (orders.close_app)
        app_.own.close = true;
    if (orders.close_client)
        client_.own.close = true;
    if (orders.shut_client)
        client_.io.shut();
    if (orders.cut_app)
        cut(leg::app, now);
    if (orders.cut_client)
        cut(leg::client, now);
    if (orders.close_app)
        fill_gap(leg::app, now);
    if (orders.close_client)
        fill_gap(leg::client, now);
    arm(now);
}

void session::cut(leg which, moment now) {
    side& one = at(which);
    one.io.cut();
    one.own = {};
    one.open.reset();
    count_pending();
    fill_gap(other(which), now); // a Close may have waited for the end of a frame of this leg
}

/// Arms the worker's wheel for whatever comes first.
void session::arm(moment now) {
    if (lifecycle_.has_ended()) {
        timing_wheel::disarm(*this);
        return;
    }
    time_point due = lifecycle_.deadline().value_or(time_point::max());
    if (lifecycle_.is_open()) {
        due = std::min({goodbye_at_, client_.heart.next_due(rhythm_of(leg::client), now),
                        app_.heart.next_due(rhythm_of(leg::app), now)});
        if (holds_input())
            due = std::min(due, rate_->paused_until);
        for (const side* one : {&client_, &app_}) {
            if (one->io.pending_bytes() > 0)
                due = std::min(due, now.real + (one->stalled_since - now.observed) +
                                        config().limits.write_stall);
        }
    }
    worker_.wheel.arm(*this, due);
}

void session::finish() {
    PULSEGATE_ASSERT(lifecycle_.has_ended());
    const moment now = worker_.now();
    const duration age = now.real - opened_;
    counters& count = worker_.count;
    route_counters& counted = my_counters();
    --counted.live;
    ++counted.closed[static_cast<std::size_t>(lifecycle_.reason())];
    count.connection_duration.observe(age);
    count.idle_at_close.observe(std::min(last_look_->client_idle, last_look_->client_quiet));
    if (lifecycle_.reason() == close_reason::client_lost)
        note_loss(now, age);
    log_end(age);
    delete this;
}

/// For the comparison with the limits of proxies: what a peer ended, and nothing of a drain, which
/// may end the peers as well.
void session::note_loss(moment now, duration age) {
    using ending = connection::ending;
    const ending how = client_.io.how_it_ended();
    if (worker_.drain_until || (how != ending::orderly && how != ending::reset))
        return;
    const loss one{
        .when = now.real,
        .idle = last_look_->client_idle,
        .quiet = last_look_->client_quiet,
        .age = age,
        .route = static_cast<std::uint32_t>(origin_.settings->places_of_counters[origin_.route]),
        .client = static_cast<std::uint32_t>(std::hash<std::string>{}(origin_.client)),
        .was_answering = client_.heart.unanswered(now) <= loss::patience};
    if (!worker_.losses.add(one))
        ++worker_.count.losses_not_compared;
}

void session::log_end(duration age) const {
    const close_reason_row& row = row_of(lifecycle_.reason());
    if (!log::is_enabled(row.level))
        return;
    const std::string id = to_text(origin_.id);
    const last_look& look = *last_look_;
    std::vector<log::field> fields{{"reason", row.label},
                                   {"connection", id},
                                   {"client", origin_.client},
                                   {"route", my_route().path},
                                   {"client_code", lifecycle_.code_of(leg::client)},
                                   {"app_code", lifecycle_.code_of(leg::app)},
                                   {"duration", seconds(age)},
                                   {"client_messages", client_.messages},
                                   {"client_bytes", client_.bytes},
                                   {"app_messages", app_.messages},
                                   {"app_bytes", app_.bytes},
                                   {"client_idle", seconds(look.client_idle)},
                                   {"client_quiet", seconds(look.client_quiet)},
                                   {"app_idle", seconds(look.app_idle)}};
    if (const auto round_trip = client_.heart.last_round_trip())
        fields.emplace_back("rtt", seconds(*round_trip));
    if (look.detail != nullptr)
        fields.emplace_back("detail", look.detail);
    log::write(row.level, "session ended", fields);
}

} // namespace pulsegate
