#include "net/session.hpp"

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/connection_id.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "net/ask_tcp.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace pulsegate {
namespace {

// Of one leg in a turn, before others get theirs.
constexpr int most_reads = 4;

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

session::session(worker_context& worker, session_origin&& origin, connection&& client,
                 connection&& app, moment now, duration phase)
    : worker_(worker), origin_(std::move(origin)), opened_(now.real),
      client_(*this, leg::client, std::move(client)), app_(*this, leg::app, std::move(app)),
      core_(*this, origin_.settings->session_rules_of(origin_.route), my_counters().relay,
            origin_.compressed, now, phase) {}

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
    self->plan_goodbye(now);
    self->core_.on_early_bytes(leg::app, as_bytes(app_bytes), now);
    self->core_.on_early_bytes(leg::client, as_bytes(client_bytes), now);
    self->watch(now);
    self->arm(now);
    if (worker.drain_until)
        self->on_drain(*worker.drain_until);
    self->on_reload();
}

route_counters& session::my_counters() const {
    return worker_.count.routes[origin_.settings->places_of_counters[origin_.route]];
}

// --- Events ---

void session::on_ready(side& one, std::uint32_t events) {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    one.io.note(events);
    constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLERR | EPOLLHUP;
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 && one.io.pending_bytes() > 0) {
        if (one.io.flush() > 0)
            core_.on_taken(one.which, one.io.pending_bytes(), now);
        else if (one.io.is_broken()) // nothing waits for it any more: the other leg is read on
            core_.on_more_waits(one.which, session_orders::broken, now);
    }
    if ((events & (EPOLLIN | ends)) != 0) {
        for (int i = 0; i < most_reads && core_.wants_bytes(one.which) && receive(one, now); ++i)
            ;
        if ((events & ends) != 0)
            core_.on_end_ahead(one.which, now);
    }
    core_.resume(now);
    watch(now);
}

/// Reads once. Returns whether there may be more now.
bool session::receive(side& one, moment now) {
    const auto room = worker_.read_buffer();
    const auto received = one.io.read(room);
    if (one.io.pending_bytes() > 0)
        core_.on_more_waits(one.which, one.io.pending_bytes(), now);
    if (received.bytes > 0)
        core_.on_bytes(one.which, room.first(received.bytes), now);
    if (received.is_over && !one.io.is_cut() && core_.wants_bytes(one.which)) {
        const bool may_still_write =
            one.io.how_it_ended() == connection::ending::orderly && !one.io.is_broken();
        core_.on_end(one.which, may_still_write ? leg_end::orderly : leg_end::broken, now);
    }
    return received.may_be_more;
}

void session::on_due() {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    core_.on_due(now);
    watch(now);
    arm(now);
}

void session::on_shutdown() {
    const operation keep_alive(*this);
    const moment now = worker_.now();
    core_.close(close_reason::shutdown, now);
    for (const leg which : {leg::client, leg::app}) // those that were ending already
        core_.on_end(which, leg_end::broken, now);
    arm(now);
}

/// Has each socket watched for what the session can use now. To be called at the end of whatever
/// may have changed it.
void session::watch(moment now) {
    for (side* const one : {&client_, &app_}) {
        // Where writing failed, reading tells the end, behind what came before it.
        const bool is_gone = one->io.is_broken() && core_.life().is_over(one->which);
        if (one->io.is_cut() || (!is_gone && watch(*one)))
            continue;
        core_.on_end(one->which, leg_end::broken, now);
        return watch(now);
    }
    if (core_.is_due_new())
        arm(now);
}

bool session::watch(side& one) {
    const std::uint32_t wanted = (core_.wants_bytes(one.which) ? EPOLLIN : 0u) |
                                 (one.io.pending_bytes() > 0 ? EPOLLOUT : 0u) |
                                 (core_.is_paused(one.which) ? EPOLLRDHUP : 0u);
    return one.io.watch_changes(one, wanted);
}

/// Arms the worker's wheel for whatever comes first.
void session::arm(moment now) {
    core_.on_armed();
    if (const auto due = core_.due(now))
        worker_.wheel.arm(*this, *due);
    else
        timing_wheel::disarm(*this);
}

// --- Orders of the core ---

std::size_t session::write(leg to, std::span<const iovec> parts) {
    connection& io = at(to).io;
    io.write(parts);
    return io.is_broken() ? broken : io.pending_bytes();
}

void session::shut(leg which) {
    at(which).io.shut();
}

void session::leave(leg which, bool is_shut) {
    side& one = at(which);
    worker_.left.take(std::move(one.io), is_shut, worker_.now());
    one.open.reset();
}

void session::cut(leg which) {
    side& one = at(which);
    if (which == leg::client)
        client_end_ = one.io.how_it_ended();
    one.io.cut();
    one.open.reset();
}

tcp_look session::look(leg which) {
    tcp_look seen = ask_tcp(at(which).io.descriptor());
    seen.has_ended |= at(which).io.ends();
    return seen;
}

void session::limit_silence_of_kernel(leg which, milliseconds unacknowledged) {
    at(which).io.give_up_after(unacknowledged);
}

std::uint64_t session::random() {
    return random_u64();
}

// --- What operators decide ---

/// Sessions that began together do not all come back together.
void session::plan_goodbye(moment now) {
    const milliseconds most = config().limits.session_age;
    if (most == milliseconds(0))
        return core_.plan_goodbye(time_point::max(), close_reason::age);
    core_.plan_goodbye(std::max(now.real, opened_ + most) + random_phase(config().drain.window),
                       close_reason::age);
}

void session::bring_goodbye_forward(time_point when, close_reason why, moment now) {
    if (when < core_.goodbye_at())
        core_.plan_goodbye(when, why);
    arm(now);
}

void session::on_drain(time_point until) {
    const moment now = worker_.now();
    bring_goodbye_forward(now.real + random_phase(until - now.real), close_reason::drained, now);
}

/// Takes the new settings of its route. A session whose route is gone keeps the old ones, and so
/// does one that could not follow: text heartbeats need a connection without compression.
void session::on_reload() {
    if (origin_.settings == worker_.settings)
        return;
    const configuration& next = worker_.settings->config;
    const auto route = worker_.settings->route_at(my_route().path);
    if (!route || (origin_.compressed && next.routes[*route].heartbeat.reads_text()))
        return;
    const moment now = worker_.now();
    const milliseconds age_before = config().limits.session_age;
    core_.change_rules(worker_.settings->session_rules_of(*route), now,
                       random_phase(next.routes[*route].heartbeat.interval));
    origin_.settings = worker_.settings;
    origin_.route = *route;
    if (config().limits.session_age != age_before && core_.goodbye_reason() == close_reason::age)
        plan_goodbye(now);
    arm(now);
}

bool session::dismiss(duration wait, moment now) {
    if (!core_.is_open())
        return false;
    const operation keep_alive(*this);
    if (wait <= duration::zero()) {
        core_.close(close_reason::admin, now);
        watch(now);
    } else {
        bring_goodbye_forward(now.real + wait, close_reason::admin, now);
    }
    return true;
}

session_facts session::describe(moment now) const {
    session_facts facts;
    facts.id = origin_.id;
    facts.client = origin_.client;
    facts.route = my_route().path;
    facts.path = origin_.words.path();
    facts.user_agent = origin_.words.user_agent();
    facts.age = now.real - opened_;
    core_.describe(facts, now);
    return facts;
}

// --- The end ---

void session::finish() {
    PULSEGATE_ASSERT(core_.has_ended());
    const moment now = worker_.now();
    const duration age = now.real - opened_;
    counters& count = worker_.count;
    route_counters& counted = my_counters();
    const close_reason why = core_.life().reason();
    --counted.live;
    ++counted.closed[static_cast<std::size_t>(why)];
    count.connection_duration.observe(age);
    count.idle_at_close.observe(core_.at_end().client_idle);
    if (why == close_reason::client_lost)
        note_loss(now, age);
    log_end(age);
    delete this;
}

/// For the comparison with the limits of proxies: what a peer ended, and nothing of a drain, which
/// may end the peers as well.
void session::note_loss(moment now, duration age) {
    using ending = connection::ending;
    if (worker_.drain_until || (client_end_ != ending::orderly && client_end_ != ending::reset))
        return;
    const loss one{
        .when = now.real,
        .idle = core_.at_end().client_idle,
        .quiet = core_.at_end().client_quiet,
        .age = age,
        .route = static_cast<std::uint32_t>(origin_.settings->places_of_counters[origin_.route]),
        .client = static_cast<std::uint32_t>(std::hash<std::string>{}(origin_.client)),
        .was_answering = core_.unanswered(now) <= loss::patience};
    if (!worker_.losses.add(one))
        ++worker_.count.losses_not_compared;
}

void session::log_end(duration age) const {
    const close_reason_row& row = row_of(core_.life().reason());
    if (!log::is_enabled(row.level))
        return;
    const std::string id = to_text(origin_.id);
    const auto& seen = core_.at_end();
    session_facts facts;
    core_.describe(facts, {});
    std::vector<log::field> fields{{"reason", row.label},
                                   {"connection", id},
                                   {"client", origin_.client},
                                   {"route", my_route().path},
                                   {"client_code", core_.life().code_of(leg::client)},
                                   {"app_code", core_.life().code_of(leg::app)},
                                   {"duration", seconds(age)},
                                   {"client_messages", facts.client_messages},
                                   {"client_bytes", facts.client_bytes},
                                   {"app_messages", facts.app_messages},
                                   {"app_bytes", facts.app_bytes},
                                   {"client_idle", seconds(seen.client_idle)},
                                   {"client_quiet", seconds(seen.client_quiet)},
                                   {"app_idle", seconds(seen.app_idle)}};
    if (facts.round_trip)
        fields.emplace_back("rtt", seconds(*facts.round_trip));
    if (seen.detail != nullptr)
        fields.emplace_back("detail", seen.detail);
    log::write(row.level, "session ended", fields);
}

} // namespace pulsegate
