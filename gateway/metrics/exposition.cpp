#include "metrics/exposition.hpp"

#include "base/assert.hpp"
#include "metrics/metric_table.hpp"

#include <prometheus/text_serializer.h>

#include <vector>

namespace pulsegate {

std::string to_prometheus_text(const snapshot& from) {
    PULSEGATE_ASSERT(from.routes.size() == from.total.routes.size());
    std::vector<prometheus::MetricFamily> families;
    families.reserve(metric_rows().size());
    for (const metric_row& row : metric_rows()) {
        samples collected(row);
        row.collect(from, collected);
        families.push_back(collected.take());
    }
    return prometheus::TextSerializer().Serialize(families);
}

} // namespace pulsegate
