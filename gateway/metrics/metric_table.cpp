#include "metrics/metric_table.hpp"

#include "base/build_info.hpp"
#include "metrics/counters.hpp"

#include <array>
#include <cstdint>

namespace pulsegate {
namespace {

using prometheus::MetricType;

/// Of each route: `add` gets its counters and its path.
template <class Add>
void of_each_route(const snapshot& from, const Add& add) {
    for (std::size_t i = 0; i < from.routes.size(); ++i)
        add(from.total.routes[i], std::string_view(from.routes[i]));
}

/// One sample per value of an enumeration, all present from the start.
template <class Enum, std::size_t Count>
void add_each(const std::array<std::uint64_t, Count>& values, std::string_view route, samples& to) {
    for (std::size_t i = 0; i < Count; ++i)
        to.add(values[i], {route, label_of(static_cast<Enum>(i))});
}

template <std::size_t BoundCount>
void add_histogram(const histogram<BoundCount>& of, samples& to,
                   std::initializer_list<std::string_view> label_values = {}) {
    to.add(*of.bounds, of.counts, of.sum, label_values);
}

template <class Figure>
void add_known(const std::optional<Figure>& figure, samples& to) {
    if (figure)
        to.add(*figure);
}

void add_closed(const snapshot& from, samples& to) {
    of_each_route(from, [&](const route_counters& of, std::string_view route) {
        for (const close_reason_row& row : close_reasons())
            to.add(of.closed_by(row.reason), {route, row.label});
    });
}

/// What was rejected before its route was known has none.
void add_rejected(const snapshot& from, samples& to) {
    add_each<rejection>(from.total.rejected, "", to);
    of_each_route(from, [&](const route_counters& of, std::string_view route) {
        for (const rejection_row& row : rejection_table())
            if (may_have_route(row.reason))
                to.add(of.rejected[static_cast<std::size_t>(row.reason)], {route, row.label});
    });
}

using shot = const snapshot&;

const std::array<metric_row, 38> rows{{
    {"pulsegate_connections",
     MetricType::Gauge,
     "Sessions open now.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             to.add(of.live, {route});
         });
     }},
    {"pulsegate_connections_limit",
     MetricType::Gauge,
     "How many sessions may be open at once, `limits.connections`.",
     {},
     [](shot from, samples& to) { to.add(from.connections_limit); }},
    {"pulsegate_connections_opened_total",
     MetricType::Counter,
     "Sessions ever opened.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             to.add(of.opened, {route});
         });
     }},
    {"pulsegate_connections_closed_total",
     MetricType::Counter,
     "Sessions ended, each for exactly one reason.",
     {"route", "reason"},
     add_closed},
    {"pulsegate_timeout_evictions_total",
     MetricType::Counter,
     "Sessions closed because nothing was heard of their client for the heartbeat timeout.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             to.add(of.closed_by(close_reason::evicted), {route});
         });
     }},
    {"pulsegate_connection_duration_seconds",
     MetricType::Histogram,
     "How long sessions lasted, with narrow buckets around the usual limits of proxies.",
     {},
     [](shot from, samples& to) { add_histogram(from.total.connection_duration, to); }},
    {"pulsegate_idle_at_close_seconds",
     MetricType::Histogram,
     "How long the client had sent nothing when its session ended.",
     {},
     [](shot from, samples& to) { add_histogram(from.total.idle_at_close, to); }},
    {"pulsegate_handshakes_in_progress",
     MetricType::Gauge,
     "Connections accepted that are no sessions: not yet, or refused and still being told so.",
     {},
     [](shot from, samples& to) { to.add(from.total.handshakes_live); }},
    {"pulsegate_handshakes_rejected_total",
     MetricType::Counter,
     "Connections that did not become sessions, each for exactly one reason; without a route if it "
     "was not known yet.",
     {"route", "reason"},
     add_rejected},
    {"pulsegate_accept_errors_total",
     MetricType::Counter,
     "Failures to accept a connection, such as no descriptor left.",
     {},
     [](shot from, samples& to) { to.add(from.total.accept_errors); }},
    {"pulsegate_pings_sent_total",
     MetricType::Counter,
     "Heartbeats sent, by receiving leg.",
     {"route", "leg"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_each<leg>(of.relay.pings_sent, route, to);
         });
     }},
    {"pulsegate_pongs_received_total",
     MetricType::Counter,
     "Answers to heartbeats, by leg.",
     {"route", "leg"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_each<leg>(of.relay.pongs_received, route, to);
         });
     }},
    {"pulsegate_ping_rtt_seconds",
     MetricType::Histogram,
     "Round trip from a ping to its client's answer.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_histogram(of.relay.ping_rtt, to, {route});
         });
     }},
    {"pulsegate_messages_total",
     MetricType::Counter,
     "WebSocket messages relayed.",
     {"route", "direction"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_each<direction>(of.relay.messages, route, to);
         });
     }},
    {"pulsegate_bytes_total",
     MetricType::Counter,
     "Bytes of WebSocket frames relayed, frame headers included.",
     {"route", "direction"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_each<direction>(of.relay.bytes, route, to);
         });
     }},
    {"pulsegate_pending_bytes",
     MetricType::Gauge,
     "Bytes that wait in the gateway: for a peer that takes no more at the moment, or for a "
     "client's "
     "rate.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             to.add(of.relay.pending_bytes, {route});
         });
     }},
    {"pulsegate_app_dial_seconds",
     MetricType::Histogram,
     "Time from dialling the application to its answer to the upgrade.",
     {"route"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_histogram(of.app_dial, to, {route});
         });
     }},
    {"pulsegate_app_errors_total",
     MetricType::Counter,
     "Failures to open a WebSocket to the application.",
     {"route", "kind"},
     [](shot from, samples& to) {
         of_each_route(from, [&](const route_counters& of, std::string_view route) {
             add_each<app_error>(of.app_errors, route, to);
         });
     }},
    {"pulsegate_event_loop_lag_seconds",
     MetricType::Histogram,
     "How late timers of the workers' event loops fire.",
     {},
     [](shot from, samples& to) { add_histogram(from.total.event_loop_lag, to); }},
    {"pulsegate_alignment_margin_seconds",
     MetricType::Gauge,
     "What a proxy's idle limit leaves after the longest silence of a healthy connection, or its "
     "lifetime limit after the planned end of the oldest session; negative: it cuts connections.",
     {"hop", "direction"},
     [](shot from, samples& to) {
         for (const margin_sample& each : from.margins)
             to.add(each.seconds, {each.hop, each.direction});
     }},
    {"pulsegate_alignment_findings",
     MetricType::Gauge,
     "What there is to mend about the proxies in front, as `pulsegate check` tells it.",
     {"severity"},
     [](shot from, samples& to) {
         to.add(from.alignment_errors, {"error"});
         to.add(from.alignment_warnings, {"warning"});
     }},
    {"pulsegate_suspected_hop_cuts_total",
     MetricType::Counter,
     "Connections lost without Close whose idle times, ages or moment are those of a proxy's "
     "limit; "
     "counted only once several agree. `undeclared`: of none of the proxies that are declared.",
     {"hop"},
     [](shot from, samples& to) {
         for (const hop_cuts& each : from.cuts_by_hop)
             to.add(each.cuts, {each.hop});
     }},
    {"pulsegate_losses_not_compared_total",
     MetricType::Counter,
     "Connections lost without Close that were too many at once to be compared with the limits of "
     "proxies.",
     {},
     [](shot from, samples& to) { to.add(from.total.losses_not_compared); }},
    {"pulsegate_certificate_expiry_timestamp_seconds",
     MetricType::Gauge,
     "When a certificate that is in use ends, in seconds since 1970 UTC.",
     {"file"},
     [](shot from, samples& to) {
         for (const certificate_sample& each : from.certificates)
             to.add(each.ends_seconds, {each.file});
     }},
    {"pulsegate_config_reloads_total",
     MetricType::Counter,
     "Reloads of the configuration; after a failure the old one stays.",
     {"result"},
     [](shot from, samples& to) {
         to.add(from.reloads_succeeded, {"success"});
         to.add(from.reloads_failed, {"failure"});
     }},
    {"pulsegate_config_last_reload_successful",
     MetricType::Gauge,
     "1 if the configuration in use is the one that was read last.",
     {},
     [](shot from, samples& to) { to.add(from.is_last_reload_successful ? 1.0 : 0.0); }},
    {"pulsegate_config_last_reload_success_timestamp_seconds",
     MetricType::Gauge,
     "When the configuration in use was read, in seconds since 1970 UTC.",
     {},
     [](shot from, samples& to) { to.add(from.last_reload_success_seconds); }},
    {"pulsegate_draining",
     MetricType::Gauge,
     "1 while the gateway ends its sessions to stop.",
     {},
     [](shot from, samples& to) { to.add(from.drain_ends_seconds ? 1.0 : 0.0); }},
    {"pulsegate_drain_deadline_timestamp_seconds",
     MetricType::Gauge,
     "When the last session is asked to end, in seconds since 1970 UTC; 0 unless draining.",
     {},
     [](shot from, samples& to) { to.add(from.drain_ends_seconds.value_or(0)); }},
    {"pulsegate_workers",
     MetricType::Gauge,
     "Worker threads.",
     {},
     [](shot from, samples& to) { to.add(std::uint64_t{from.workers}); }},
    {"pulsegate_workers_answered",
     MetricType::Gauge,
     "Workers that gave fresh figures for this scrape; fewer than all means that one is stuck.",
     {},
     [](shot from, samples& to) { to.add(std::uint64_t{from.workers_answered}); }},
    {"pulsegate_log_lines_dropped_total",
     MetricType::Counter,
     "Log lines dropped because standard error took them too slowly.",
     {},
     [](shot from, samples& to) { to.add(from.log_lines_dropped); }},
    {"pulsegate_build_info",
     MetricType::Gauge,
     "Always 1; the labels say what runs.",
     {"version", "compiler", "boost"},
     [](shot, samples& to) {
         to.add(1.0, {build_info::version(), build_info::compiler(), build_info::boost()});
     }},
    {"process_open_fds",
     MetricType::Gauge,
     "Open file descriptors.",
     {},
     [](shot from, samples& to) { add_known(from.process.open_fds, to); }},
    {"process_max_fds",
     MetricType::Gauge,
     "Limit of open file descriptors.",
     {},
     [](shot from, samples& to) { add_known(from.process.max_fds, to); }},
    {"process_resident_memory_bytes",
     MetricType::Gauge,
     "Resident memory.",
     {},
     [](shot from, samples& to) { add_known(from.process.resident_bytes, to); }},
    {"process_cpu_seconds_total",
     MetricType::Counter,
     "User and system CPU time spent.",
     {},
     [](shot from, samples& to) { add_known(from.process.cpu_seconds, to); }},
    {"process_start_time_seconds",
     MetricType::Gauge,
     "When the process started, in seconds since 1970 UTC.",
     {},
     [](shot from, samples& to) { add_known(from.process.start_time_seconds, to); }},
}};

} // namespace

std::span<const metric_row> metric_rows() {
    static const std::vector<metric_row> all = [] {
        std::vector<metric_row> both(rows.begin(), rows.end());
        const auto of_http = http_metric_rows();
        both.insert(both.end(), of_http.begin(), of_http.end());
        return both;
    }();
    return all;
}

} // namespace pulsegate
