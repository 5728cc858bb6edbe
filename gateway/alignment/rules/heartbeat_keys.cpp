// PG306 to PG309: heartbeats that work, but cost much, or miss somebody.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/duration.hpp"
#include "config/rules.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds narrowest_gap = 8s;
constexpr milliseconds longest_useful_timeout = 120s;
constexpr milliseconds short_interval = 15s;
constexpr milliseconds hidden_tab_patience = 70s; // its timers run once a minute

std::string timeout_text(milliseconds value) {
    return "`timeout: " + format_duration(value) + '`';
}

/// A timeout that no rule objects to; nothing if the interval is too long for one.
std::optional<milliseconds> good_timeout(milliseconds interval) {
    const milliseconds timeout = std::max(2 * interval, interval + narrowest_gap);
    return timeout <= std::min(longest_useful_timeout, 4 * interval) ? std::optional(timeout)
                                                                     : std::nullopt;
}

void check_gap(findings& out, const heartbeat_settings& values,
               std::span<const blamed_value> parts) {
    const milliseconds gap = values.timeout - values.interval;
    if (gap >= narrowest_gap || 2 * values.timeout < 3 * values.interval)
        return;
    out.push_back(blame(
        hop_code::timeout_narrow, "a client has only " + format_duration(gap) + " to answer a ping",
        "set " + timeout_text(std::max(2 * values.interval, values.interval + narrowest_gap)),
        parts));
}

void check_lingering(findings& out, const heartbeat_settings& values,
                     std::span<const blamed_value> parts) {
    // A very short interval needs a timeout of more than four intervals to leave a phone its time.
    const bool is_slow =
        values.timeout > 4 * values.interval && values.timeout > values.interval + narrowest_gap;
    if (values.timeout <= longest_useful_timeout && !is_slow)
        return;
    const auto timeout = good_timeout(values.interval);
    out.push_back(
        blame(hop_code::lingering, "dead clients stay for " + format_duration(values.timeout),
              timeout ? "set " + timeout_text(*timeout) : "set `interval: 25s` and `timeout: 45s`",
              parts));
}

void check_script(findings& out, const origin_map& origins, const std::string& path,
                  const heartbeat_settings& values, std::span<const blamed_value> parts) {
    const provenance answer = find_heartbeat_value(origins, path, "answer");
    const provenance method = find_heartbeat_value(origins, path, "method");
    if (values.method != heartbeat_method::text || values.answer.empty() ||
        values.timeout >= hidden_tab_patience)
        return;
    std::vector<blamed_value> all(parts.begin(), parts.end());
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const blamed_value& each) { return each.first.at == nullptr; }),
              all.end());
    all.emplace_back(answer, "the client's own heartbeat");
    all.emplace_back(method, "and no pings, which a browser would answer by itself");
    out.push_back(blame(
        hop_code::script_heartbeat,
        "clients in hidden browser tabs are evicted: their timers run once a minute",
        "set " + timeout_text(hidden_tab_patience) + " and `interval: 35s`, or `method: ping`",
        all));
}

void check_rate(findings& out, const heartbeat_settings& values, const provenance& interval,
                std::uint64_t connections) {
    if (!interval.is_own || values.interval >= short_interval)
        return;
    const std::uint64_t per_second =
        connections * 1000 / static_cast<std::uint64_t>(values.interval.count());
    const std::array place{
        blamed_value{interval, "pinged every " + format_duration(values.interval)}};
    out.push_back(blame(hop_code::ping_rate,
                        "with " + std::to_string(connections) + " clients, this is " +
                            std::to_string(per_second) + " pings each second, and as many answers",
                        "", place));
}

/// \param path  `heartbeat`, or that of a route, which is looked at for the keys that it sets
/// itself.
void check(findings& out, const load_result& loaded, const std::string& path,
           const heartbeat_settings& values) {
    const origin_map& origins = loaded.origins;
    const provenance interval = find_heartbeat_value(origins, path, "interval");
    const provenance timeout = find_heartbeat_value(origins, path, "timeout");
    const auto parts = timing_parts(interval, timeout, values);
    if (interval.is_own || timeout.is_own) {
        check_gap(out, values, parts);
        check_lingering(out, values, parts);
    }
    const bool sets_script_part = find_heartbeat_value(origins, path, "answer").is_own ||
                                  find_heartbeat_value(origins, path, "method").is_own ||
                                  timeout.is_own;
    if (sets_script_part)
        check_script(out, origins, path, values, parts);
    check_rate(out, values, interval, loaded.values.limits.connections);
}

} // namespace

void check_heartbeat_keys(const rule_input& in, findings& out) {
    const configuration& values = in.loaded.values;
    check(out, in.loaded, "heartbeat", values.heartbeat);
    for (std::size_t i = 0; i < values.routes.size(); ++i)
        check(out, in.loaded, "routes[" + std::to_string(i) + "].heartbeat",
              values.routes[i].heartbeat);
}

} // namespace pulsegate
