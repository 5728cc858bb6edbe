// The table of metrics: one row per metric, with its text and where its values come from. The
// exposition, the tests and whatever documents or draws the metrics walk this table; a new metric
// is a new row.
#pragma once

#include "metrics/snapshot.hpp"

#include <prometheus/metric_family.h>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

struct metric_row;

/// Collects the samples of one metric in the form that prometheus-cpp writes.
class samples {
public:
    explicit samples(const metric_row& row);

    /// Adds a counter's or a gauge's value. `label_values` are those of the row's labels, in their
    /// order; bytes that are not UTF-8 become U+FFFD.
    void add(double value, std::initializer_list<std::string_view> label_values = {});
    void add(std::uint64_t value, std::initializer_list<std::string_view> label_values = {});

    /// Adds a histogram. `counts` are per bucket, one more than `upper_bounds`.
    void add(std::span<const double> upper_bounds, std::span<const std::uint64_t> counts,
             double sum, std::initializer_list<std::string_view> label_values = {});

    [[nodiscard]] prometheus::MetricFamily take() { return std::move(family_); }

private:
    prometheus::ClientMetric& labelled(std::initializer_list<std::string_view> label_values);

    const metric_row& row_;
    prometheus::MetricFamily family_;
};

struct metric_row {
    std::string_view name;
    prometheus::MetricType type;
    std::string_view help;
    std::vector<std::string_view> labels; // names; no label has values that clients choose
    void (*collect)(const snapshot& from, samples& to);
};

/// Those of plain HTTP and event streams.
[[nodiscard]] std::span<const metric_row> http_metric_rows();

/// All rows, in the order of the exposition.
[[nodiscard]] std::span<const metric_row> metric_rows();

} // namespace pulsegate
