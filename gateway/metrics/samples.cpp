#include "base/assert.hpp"
#include "base/quoted.hpp"
#include "metrics/metric_table.hpp"

namespace pulsegate {

samples::samples(const metric_row& row) : row_(row) {
    family_.name = row.name;
    family_.help = row.help;
    family_.type = row.type;
}

prometheus::ClientMetric& samples::labelled(std::initializer_list<std::string_view> label_values) {
    PULSEGATE_ASSERT(label_values.size() == row_.labels.size());
    prometheus::ClientMetric& metric = family_.metric.emplace_back();
    for (std::size_t i = 0; i < row_.labels.size(); ++i)
        metric.label.push_back(
            {std::string(row_.labels[i]), to_valid_utf8(label_values.begin()[i])});
    return metric;
}

void samples::add(double value, std::initializer_list<std::string_view> label_values) {
    prometheus::ClientMetric& metric = labelled(label_values);
    if (row_.type == prometheus::MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
}

void samples::add(std::uint64_t value, std::initializer_list<std::string_view> label_values) {
    add(static_cast<double>(value), label_values);
}

void samples::add(std::span<const double> upper_bounds, std::span<const std::uint64_t> counts,
                  double sum, std::initializer_list<std::string_view> label_values) {
    PULSEGATE_ASSERT(counts.size() == upper_bounds.size() + 1);
    prometheus::ClientMetric::Histogram& histogram = labelled(label_values).histogram;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < upper_bounds.size(); ++i) {
        cumulative += counts[i];
        histogram.bucket.push_back({cumulative, upper_bounds[i]});
    }
    histogram.sample_count = cumulative + counts.back(); // the serializer adds the +Inf bucket
    histogram.sample_sum = sum;
}

} // namespace pulsegate
