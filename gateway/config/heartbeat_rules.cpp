// PG130, PG131 and PG135: the rules of one heartbeat; where the values of a heartbeat come
// from, and how they are blamed.
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "config/rules.hpp"

namespace pulsegate {
namespace {

/// The longest interval that fits twice into `timeout`, so that one ping may be lost; in whole
/// seconds if it is that long.
milliseconds longest_interval(milliseconds timeout) {
    const milliseconds half = timeout / 2;
    return half < std::chrono::seconds(1) ? half : std::chrono::floor<std::chrono::seconds>(half);
}

void check_timing(reading& in, const std::string& path, const heartbeat_settings& values) {
    const provenance interval = find_heartbeat_value(in.origins, path, "interval");
    const provenance timeout = find_heartbeat_value(in.origins, path, "timeout");
    if (!(interval.is_own || timeout.is_own) || !interval.is_good || !timeout.is_good)
        return;
    const bool is_too_short = values.timeout <= values.interval;
    if (!is_too_short && 2 * values.timeout >= 3 * values.interval)
        return;
    const auto parts = timing_parts(interval, timeout, values);
    std::string help = "set `timeout: " + format_duration(2 * values.interval) + '`';
    if (longest_interval(values.timeout) >= milliseconds(100))
        help += " or `interval: " + format_duration(longest_interval(values.timeout)) + '`';
    in.report(blame(is_too_short ? code::timeout_too_short : code::timeout_tight,
                    is_too_short ? "every client would be evicted before it can answer a ping"
                                 : "one late answer is enough to evict a client",
                    std::move(help), parts));
}

/// The same text cannot be both the answer to the gateway's heartbeat and a heartbeat of the
/// client: answering it could begin an endless exchange.
void check_answers(reading& in, const std::string& path, const heartbeat_settings& values) {
    const provenance answer = find_heartbeat_value(in.origins, path, "answer");
    const provenance expect = find_heartbeat_value(in.origins, path, "text.expect");
    const provenance method = find_heartbeat_value(in.origins, path, "method");
    const bool is_own = answer.is_own || expect.is_own || method.is_own;
    const bool is_good = answer.is_good && expect.is_good && method.is_good;
    const bool is_sending_text = values.method != heartbeat_method::ping;
    if (!is_own || !is_good || !is_sending_text || !values.answer.contains(values.text_expect))
        return;
    const std::array parts{
        std::pair{answer, "answers " + quoted(values.text_expect)},
        std::pair{expect, std::string("the client's answer to the gateway")},
        std::pair{method, std::string("sends text heartbeats")},
    };
    in.report(
        blame(code::answered_reply,
              quoted(values.text_expect) + " would be both an answer and a question of the client",
              "remove it from `answer`, or change `text.expect`", parts));
}

} // namespace

provenance find_heartbeat_value(const origin_map& origins, const std::string& path,
                                std::string_view name) {
    constexpr std::string_view common = "heartbeat";
    if (const auto own = origins.find(path + '.' + std::string(name)); own != origins.end())
        return {&own->second, true, own->second.is_good};
    const auto inherited = origins.find(std::string(common) + '.' + std::string(name));
    if (inherited != origins.end())
        return {&inherited->second, false, inherited->second.is_good};
    return {};
}

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

void check_heartbeat(reading& in, const std::string& path, const heartbeat_settings& values) {
    check_timing(in, path, values);
    check_answers(in, path, values);
}

} // namespace pulsegate
