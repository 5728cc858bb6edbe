#include "metrics/exposition.hpp"
#include "support/exposition_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace pulsegate::test;

TEST_CASE("adding a worker's counters to a sum adds every one of them") {
    snapshot once = distinct_snapshot();
    snapshot thrice = once;
    thrice.total += once.total;
    thrice.total += once.total;

    const exposed_text single = parse_exposition(to_prometheus_text(once));
    const exposed_text triple = parse_exposition(to_prometheus_text(thrice));
    REQUIRE(single.samples.size() == triple.samples.size());
    for (std::size_t i = 0; i < single.samples.size(); ++i) {
        const exposed_sample& one = single.samples[i];
        CAPTURE(one.name);
        const bool is_of_workers =
            one.name.starts_with("pulsegate_") && one.name != "pulsegate_workers" &&
            one.name != "pulsegate_workers_answered" && one.name != "pulsegate_draining" &&
            one.name != "pulsegate_connections_limit" &&
            one.name != "pulsegate_drain_deadline_timestamp_seconds" &&
            !one.name.starts_with("pulsegate_alignment_") &&
            one.name != "pulsegate_suspected_hop_cuts_total" &&
            one.name != "pulsegate_certificate_expiry_timestamp_seconds" &&
            !one.name.starts_with("pulsegate_config_") && one.name != "pulsegate_build_info" &&
            one.name != "pulsegate_log_lines_dropped_total";
        CHECK(triple.samples[i].value == (is_of_workers ? 3 * one.value : one.value));
    }
}

TEST_CASE("a value on a bucket's bound belongs to that bucket") {
    histogram<short_time_bounds.size()> times(short_time_bounds);
    times.observe(std::chrono::microseconds(100)); // = the first bound
    times.observe(std::chrono::microseconds(101));
    times.observe(std::chrono::seconds(10)); // = the last bound
    times.observe(std::chrono::seconds(11));
    CHECK(times.counts.front() == 1);
    CHECK(times.counts[1] == 1);
    CHECK(times.counts[short_time_bounds.size() - 1] == 1);
    CHECK(times.counts.back() == 1);
    CHECK(times.sum == doctest::Approx(21.000201));
}
