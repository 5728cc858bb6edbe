#include "metrics/exposition.hpp"
#include "metrics/counters.hpp"
#include "metrics/metric_table.hpp"
#include "support/exposition_text.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

snapshot fresh_snapshot() {
    snapshot shown;
    shown.routes = {"/"};
    shown.total.routes.resize(1);
    return shown;
}

std::string type_name(prometheus::MetricType type) {
    return type == prometheus::MetricType::Counter ? "counter"
           : type == prometheus::MetricType::Gauge ? "gauge"
                                                   : "histogram";
}

template <class Enum>
void check_each(const exposed_text& text, std::string_view metric, const std::string& route,
                const std::string& label, std::span<const std::uint64_t> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string value(label_of(static_cast<Enum>(i)));
        CAPTURE(value);
        CHECK(text.at(metric, {{"route", route}, {label, value}}) ==
              static_cast<double>(values[i]));
    }
}

template <std::size_t BoundCount>
void check_histogram(const exposed_text& text, const std::string& metric,
                     const histogram<BoundCount>& expected,
                     const std::map<std::string, std::string>& labels = {}) {
    CAPTURE(metric);
    std::size_t bucket = 0;
    double cumulative = 0;
    for (const exposed_sample& each : text.samples) {
        std::map<std::string, std::string> others = each.labels;
        others.erase("le");
        if (each.name != metric + "_bucket" || others != labels)
            continue;
        REQUIRE(bucket < expected.counts.size());
        cumulative += static_cast<double>(expected.counts[bucket]);
        CHECK(each.value == cumulative);
        if (bucket < BoundCount)
            CHECK(std::stod(each.labels.at("le")) == (*expected.bounds)[bucket]);
        else
            CHECK(each.labels.at("le") == "+Inf");
        ++bucket;
    }
    CHECK(bucket == expected.counts.size());
    CHECK(text.at(metric + "_count", labels) == cumulative);
    CHECK(text.at(metric + "_sum", labels) == expected.sum);
}

} // namespace

TEST_CASE("every row of the metric table appears with its help and type, and nothing else does") {
    const exposed_text text = parse_exposition(to_prometheus_text(distinct_snapshot()));
    std::set<std::string> names;
    for (const metric_row& row : metric_rows()) {
        CAPTURE(row.name);
        const std::string name(row.name);
        CHECK(names.insert(name).second);
        REQUIRE(text.help.contains(name));
        CHECK(text.help.at(name) == row.help);
        CHECK(!row.help.empty());
        CHECK(row.help.find_first_of("\n\\") == std::string_view::npos); // it is written unescaped
        CHECK(text.types.at(name) == type_name(row.type));

        const std::string first =
            row.type == prometheus::MetricType::Histogram ? name + "_sum" : name;
        std::size_t samples = 0;
        for (const exposed_sample& each : text.samples) {
            if (each.name != first)
                continue;
            ++samples;
            CHECK(each.labels.size() == row.labels.size());
            for (const std::string_view label : row.labels)
                CHECK(each.labels.contains(std::string(label)));
        }
        CHECK(samples > 0);
    }
    CHECK(text.help.size() == names.size());
    CHECK(text.types.size() == names.size());
}

TEST_CASE("the margins of proxies are told apart by hop and direction") {
    const exposed_text text = parse_exposition(to_prometheus_text(distinct_snapshot()));
    constexpr std::string_view name = "pulsegate_alignment_margin_seconds";
    CHECK(text.at(name, {{"hop", "edge"}, {"direction", "to_client"}}) == 34.9);
    CHECK(text.at(name, {{"hop", "edge"}, {"direction", "to_gateway"}}) == -5.5);
    CHECK(text.at("pulsegate_alignment_findings", {{"severity", "error"}}) == 3);
    CHECK(text.at("pulsegate_alignment_findings", {{"severity", "warning"}}) == 4);
}

TEST_CASE("suspected cuts are told apart by hop") {
    const exposed_text text = parse_exposition(to_prometheus_text(distinct_snapshot()));
    constexpr std::string_view name = "pulsegate_suspected_hop_cuts_total";
    CHECK(text.at(name, {{"hop", "edge"}}) == 21);
    CHECK(text.at(name, {{"hop", "undeclared"}}) == 22);
}

TEST_CASE("each counter stands under its own name and label") {
    const snapshot shown = distinct_snapshot();
    const exposed_text text = parse_exposition(to_prometheus_text(shown));
    const std::string routes[] = {"/", "/odd \"path\\\"\nof\xEF\xBF\xBDtwo lines"};
    for (std::size_t i = 0; i < 2; ++i) {
        CAPTURE(i);
        const route_counters& route = shown.total.routes[i];
        CHECK(text.at("pulsegate_connections", {{"route", routes[i]}}) ==
              static_cast<double>(route.live));
        CHECK(text.at("pulsegate_connections_opened_total", {{"route", routes[i]}}) ==
              static_cast<double>(route.opened));
        for (const close_reason_row& row : close_reasons()) {
            CAPTURE(row.label);
            CHECK(text.at("pulsegate_connections_closed_total",
                          {{"route", routes[i]}, {"reason", std::string(row.label)}}) ==
                  static_cast<double>(route.closed[static_cast<std::size_t>(row.reason)]));
        }
        CHECK(text.at("pulsegate_timeout_evictions_total", {{"route", routes[i]}}) ==
              text.at("pulsegate_connections_closed_total",
                      {{"route", routes[i]}, {"reason", "evicted"}}));
        for (const rejection_row& row : rejection_table()) {
            CAPTURE(row.label);
            const std::map<std::string, std::string> labels{{"route", routes[i]},
                                                            {"reason", std::string(row.label)}};
            if (may_have_route(row.reason))
                CHECK(text.at("pulsegate_handshakes_rejected_total", labels) ==
                      static_cast<double>(route.rejected[static_cast<std::size_t>(row.reason)]));
            else
                CHECK_THROWS((void)text.at("pulsegate_handshakes_rejected_total", labels));
        }
        check_each<app_error>(text, "pulsegate_app_errors_total", routes[i], "kind",
                              route.app_errors);
        check_each<leg>(text, "pulsegate_pings_sent_total", routes[i], "leg",
                        route.relay.pings_sent);
        check_each<leg>(text, "pulsegate_pongs_received_total", routes[i], "leg",
                        route.relay.pongs_received);
        check_each<direction>(text, "pulsegate_messages_total", routes[i], "direction",
                              route.relay.messages);
        check_each<direction>(text, "pulsegate_bytes_total", routes[i], "direction",
                              route.relay.bytes);
        CHECK(text.at("pulsegate_pending_bytes", {{"route", routes[i]}}) ==
              static_cast<double>(route.relay.pending_bytes));
    }
    const counters& total = shown.total;
    check_each<rejection>(text, "pulsegate_handshakes_rejected_total", "", "reason",
                          total.rejected);
    CHECK(text.at("pulsegate_accept_errors_total") == static_cast<double>(total.accept_errors));
    CHECK(text.at("pulsegate_handshakes_in_progress") ==
          static_cast<double>(total.handshakes_live));
    CHECK(text.at("pulsegate_losses_not_compared_total") ==
          static_cast<double>(total.losses_not_compared));
    CHECK(text.at("pulsegate_log_lines_dropped_total") ==
          static_cast<double>(shown.log_lines_dropped));
    CHECK(text.at("pulsegate_workers") == 8);
    CHECK(text.at("pulsegate_workers_answered") == 7);
    CHECK(text.at("pulsegate_connections_limit") == static_cast<double>(shown.connections_limit));
    CHECK(text.at("pulsegate_draining") == 1);
    CHECK(text.at("pulsegate_drain_deadline_timestamp_seconds") == 1795381200.75);
    CHECK(text.at("pulsegate_certificate_expiry_timestamp_seconds", {{"file", "b.pem"}}) ==
          1795500000);
    CHECK(text.at("pulsegate_config_reloads_total", {{"result", "success"}}) == 11);
    CHECK(text.at("pulsegate_config_reloads_total", {{"result", "failure"}}) == 12);
    CHECK(text.at("pulsegate_config_last_reload_successful") == 0);
    CHECK(text.at("pulsegate_config_last_reload_success_timestamp_seconds") == 1795381100.5);
    CHECK(text.at("process_open_fds") == 1001);
    CHECK(text.at("process_max_fds") == 100000);
    CHECK(text.at("process_resident_memory_bytes") == 8589934592);
    CHECK(text.at("process_cpu_seconds_total") == 12.5);
    CHECK(text.at("process_start_time_seconds") == 1795381107.25);
}

TEST_CASE("histograms have cumulative buckets that end in the count of all") {
    const snapshot shown = distinct_snapshot();
    const exposed_text text = parse_exposition(to_prometheus_text(shown));
    const route_counters& first = shown.total.routes[0];
    check_histogram(text, "pulsegate_ping_rtt_seconds", first.relay.ping_rtt, {{"route", "/"}});
    check_histogram(text, "pulsegate_app_dial_seconds", first.app_dial, {{"route", "/"}});
    check_histogram(text, "pulsegate_event_loop_lag_seconds", shown.total.event_loop_lag);
    check_histogram(text, "pulsegate_connection_duration_seconds", shown.total.connection_duration);
    check_histogram(text, "pulsegate_idle_at_close_seconds", shown.total.idle_at_close);
}

TEST_CASE("everything that can be counted is there at zero before anything has happened") {
    const exposed_text text = parse_exposition(to_prometheus_text(fresh_snapshot()));
    for (const close_reason_row& row : close_reasons())
        CHECK(text.at("pulsegate_connections_closed_total",
                      {{"route", "/"}, {"reason", std::string(row.label)}}) == 0);
    check_each<rejection>(text, "pulsegate_handshakes_rejected_total", "", "reason",
                          counters{}.rejected);
    CHECK(text.at("pulsegate_timeout_evictions_total", {{"route", "/"}}) == 0);
    CHECK(text.at("pulsegate_ping_rtt_seconds_count", {{"route", "/"}}) == 0);
    CHECK(text.at("pulsegate_draining") == 0);
    CHECK(text.at("pulsegate_drain_deadline_timestamp_seconds") == 0);
}

TEST_CASE("a figure of the process that cannot be read is left out") {
    const exposed_text text = parse_exposition(to_prometheus_text(fresh_snapshot()));
    CHECK_THROWS_AS((void)text.at("process_open_fds"), std::out_of_range);
    CHECK(text.types.contains("process_open_fds"));
}

TEST_CASE("the build is named with its versions") {
    const exposed_text text = parse_exposition(to_prometheus_text(fresh_snapshot()));
    for (const exposed_sample& each : text.samples) {
        if (each.name != "pulsegate_build_info")
            continue;
        CHECK(each.value == 1);
        CHECK(each.labels.at("version").find('.') != std::string::npos);
        CHECK(each.labels.at("compiler").find(' ') != std::string::npos);
        CHECK(each.labels.at("boost").starts_with("1."));
        return;
    }
    FAIL("pulsegate_build_info is missing");
}

TEST_CASE("large counts keep every digit") {
    snapshot shown = fresh_snapshot();
    shown.total.routes[0].relay.bytes[0] =
        9'007'199'254'740'991; // 2^53 - 1, the last that a double holds exactly
    CHECK(
        to_prometheus_text(shown).find(
            "pulsegate_bytes_total{route=\"/\",direction=\"client_to_app\"} 9007199254740991\n") !=
        std::string::npos);
}

TEST_CASE("the labels of an enumeration are all different") {
    const auto check = []<class Enum>(Enum, std::size_t count) {
        std::set<std::string_view> labels;
        for (std::size_t i = 0; i < count; ++i)
            CHECK(labels.insert(label_of(static_cast<Enum>(i))).second);
    };
    check(leg{}, leg_count);
    check(direction{}, direction_count);
    check(rejection{}, rejection_count);
    check(app_error{}, app_error_count);
}
