// The text that Prometheus scrapes, made from a snapshot by the metric table and prometheus-cpp.
#pragma once

#include "metrics/snapshot.hpp"

#include <string>
#include <string_view>

namespace pulsegate {

/// The media type of to_prometheus_text(). Source: Prometheus, "Exposition formats", text format
/// 0.0.4.
inline constexpr std::string_view prometheus_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

/// Every row of the metric table with its help, type and samples. `from.routes` and
/// `from.total.routes` have the same size. Thread: any; reads nothing but its argument.
[[nodiscard]] std::string to_prometheus_text(const snapshot& from);

} // namespace pulsegate
