// Reads the Prometheus text format back, independently of the library that wrote it, and makes a
// snapshot in which every figure is different.
#pragma once

#include "metrics/snapshot.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate::test {

struct exposed_sample {
    std::string name;
    std::map<std::string, std::string> labels; // unescaped
    double value = 0;
};

struct exposed_text {
    std::map<std::string, std::string> help;  // by metric
    std::map<std::string, std::string> types; // by metric
    std::vector<exposed_sample> samples;      // in order

    /// The value of exactly this sample; throws std::out_of_range unless there is exactly one.
    [[nodiscard]] double at(std::string_view name,
                            const std::map<std::string, std::string>& labels = {}) const;
};

/// Throws std::runtime_error with the offending line if the text is malformed.
[[nodiscard]] exposed_text parse_exposition(std::string_view text);

/// Two routes, one of whose paths needs escaping, and no two counters alike.
[[nodiscard]] snapshot distinct_snapshot();

} // namespace pulsegate::test
