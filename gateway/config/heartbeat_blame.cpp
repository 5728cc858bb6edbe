#include "config/heartbeat_blame.hpp"

#include "base/duration.hpp"

namespace pulsegate {

diagnostic blame(diagnostic_code id, std::string message, std::string help,
                 std::span<const blamed_value> values) {
    diagnostic out{id, std::move(message), {}, {}, std::move(help)};
    bool has_primary = false;
    for (const auto& [from, text] : values) {
        if (from.is_own && !has_primary)
            out.primary = {from.at->value, text};
        else if (from.at != nullptr)
            out.others.push_back({from.at->value, text});
        has_primary = has_primary || from.is_own;
    }
    return out;
}

std::array<blamed_value, 2> timing_parts(const provenance& interval, const provenance& timeout,
                                         const heartbeat_settings& values) {
    const auto described = [](const provenance& from, std::string text) {
        return from.at == nullptr ? text + " by default" : text;
    };
    const std::string silence =
        described(timeout, "evicted after " + format_duration(values.timeout) + " of silence");
    const std::string beat =
        described(interval, "pinged every " + format_duration(values.interval));
    std::array parts{blamed_value{timeout, silence}, blamed_value{interval, beat}};
    if (timeout.at == nullptr)
        parts[1].second += ", " + silence;
    if (interval.at == nullptr)
        parts[0].second += ", " + beat;
    return parts;
}

} // namespace pulsegate
