// What is exported of plain HTTP and event streams.
#include "metrics/counters.hpp"
#include "metrics/metric_table.hpp"

#include <array>
#include <utility>

namespace pulsegate {
namespace {

using prometheus::MetricType;
using shot = const snapshot&;

constexpr std::array<std::string_view, status_class_count> status_classes{"none", "1xx", "2xx",
                                                                          "3xx",  "4xx", "5xx"};

/// Of each route: `add` gets its figures and its path.
template <class Add>
void http_of_each_route(shot from, const Add& add) {
    for (std::size_t i = 0; i < from.routes.size(); ++i)
        add(from.total.routes[i].http, std::string_view(from.routes[i]));
}

/// One figure of each route.
template <auto Figure>
void add_figure(shot from, samples& to) {
    http_of_each_route(
        from, [&](const http_counts& of, std::string_view route) { to.add(of.*Figure, {route}); });
}

template <auto Figure>
void add_times(shot from, samples& to) {
    http_of_each_route(from, [&](const http_counts& of, std::string_view route) {
        const auto& times = of.*Figure;
        to.add(*times.bounds, times.counts, times.sum, {route});
    });
}

const std::array<metric_row, 12> http_rows{{
    {"pulsegate_http_requests_in_progress",
     MetricType::Gauge,
     "Plain requests whose answer is not complete, event streams included.",
     {"route"},
     add_figure<&http_counts::live>},
    {"pulsegate_http_requests_total",
     MetricType::Counter,
     "Plain requests that are over, by the class of the status that the client got; `none`: it got "
     "no answer.",
     {"route", "code"},
     [](shot from, samples& to) {
         http_of_each_route(from, [&](const http_counts& of, std::string_view route) {
             for (std::size_t i = 0; i < status_classes.size(); ++i)
                 if (status_classes[i] != "1xx") // no last answer
                     to.add(of.ended[i], {route, status_classes[i]});
         });
     }},
    {"pulsegate_http_answer_head_seconds",
     MetricType::Histogram,
     "Time from a plain request to the head of its application's answer.",
     {"route"},
     add_times<&http_counts::to_head>},
    {"pulsegate_http_answer_seconds",
     MetricType::Histogram,
     "Time from a plain request to its end, event streams not included.",
     {"route"},
     add_times<&http_counts::to_end>},
    {"pulsegate_http_bytes_total",
     MetricType::Counter,
     "Bytes of the bodies of plain requests (client_to_app) and of their answers (app_to_client), "
     "event streams included.",
     {"route", "direction"},
     [](shot from, samples& to) {
         http_of_each_route(from, [&](const http_counts& of, std::string_view route) {
             to.add(of.request_bytes, {route, label_of(direction::client_to_app)});
             to.add(of.answer_bytes, {route, label_of(direction::app_to_client)});
         });
     }},
    {"pulsegate_http_app_connections_total",
     MetricType::Counter,
     "Connections to the application that plain requests were sent on: new ones (dialled), and "
     "such as had carried a request before (reused).",
     {"route", "how"},
     [](shot from, samples& to) {
         http_of_each_route(from, [&](const http_counts& of, std::string_view route) {
             to.add(of.dials, {route, "dialled"});
             to.add(of.reuses, {route, "reused"});
         });
     }},
    {"pulsegate_http_retries_total",
     MetricType::Counter,
     "Plain requests sent again, since the application closed a reused connection before a byte of "
     "its answer.",
     {"route"},
     add_figure<&http_counts::retries>},
    {"pulsegate_http_idle_clients",
     MetricType::Gauge,
     "Connections of clients that are kept for their next plain request.",
     {},
     [](shot from, samples& to) { to.add(from.total.idle_clients); }},
    {"pulsegate_streams",
     MetricType::Gauge,
     "Event streams open now.",
     {"route"},
     add_figure<&http_counts::streams>},
    {"pulsegate_streams_opened_total",
     MetricType::Counter,
     "Event streams ever opened.",
     {"route"},
     add_figure<&http_counts::streams_opened>},
    {"pulsegate_streams_ended_total",
     MetricType::Counter,
     "Event streams ended, each for exactly one reason.",
     {"route", "reason"},
     [](shot from, samples& to) {
         http_of_each_route(from, [&](const http_counts& of, std::string_view route) {
             for (const stream_end_row& row : stream_ends())
                 to.add(of.streams_ended[static_cast<std::size_t>(row.reason)], {route, row.label});
         });
     }},
    {"pulsegate_stream_heartbeats_total",
     MetricType::Counter,
     "Comments that the gateway added to event streams, so that no proxy takes them for dead.",
     {"route"},
     add_figure<&http_counts::stream_heartbeats>},
}};

} // namespace

std::span<const metric_row> http_metric_rows() {
    return http_rows;
}

} // namespace pulsegate
