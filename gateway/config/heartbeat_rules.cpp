#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "config/rules.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view global = "heartbeat";

/// Where one of a heartbeat's values comes from.
struct provenance {
    const origin* at = nullptr; // null: the default
    bool is_own = false;        // set in this heartbeat, not inherited
    bool is_good = true;
};

provenance find_value(const reading& in, const std::string& path, std::string_view name) {
    if (const origin* const own = in.find(path + '.' + std::string(name)))
        return {own, true, own->is_good};
    if (const origin* const inherited = in.find(std::string(global) + '.' + std::string(name)))
        return {inherited, false, inherited->is_good};
    return {};
}

/// Blames the first of `values` that this heartbeat sets itself; the others explain it.
void report(reading& in, code id, std::string message, std::string help,
            std::span<const std::pair<provenance, std::string>> values) {
    diagnostic out{id, std::move(message), {}, {}, std::move(help)};
    bool has_primary = false;
    for (const auto& [from, text] : values) {
        if (from.is_own && !has_primary)
            out.primary = {from.at->value, text};
        else if (from.at != nullptr)
            out.others.push_back({from.at->value, text});
        has_primary = has_primary || from.is_own;
    }
    in.report(std::move(out));
}

/// The longest interval that fits twice into `timeout`, so that one ping may be lost; in whole
/// seconds if it is that long.
milliseconds longest_interval(milliseconds timeout) {
    const milliseconds half = timeout / 2;
    return half < std::chrono::seconds(1) ? half : std::chrono::floor<std::chrono::seconds>(half);
}

void check_timing(reading& in, const std::string& path, const heartbeat_settings& values) {
    const provenance interval = find_value(in, path, "interval");
    const provenance timeout = find_value(in, path, "timeout");
    if (!(interval.is_own || timeout.is_own) || !interval.is_good || !timeout.is_good)
        return;
    const bool is_too_short = values.timeout <= values.interval;
    if (!is_too_short && 2 * values.timeout >= 3 * values.interval)
        return;
    const auto described = [](const provenance& from, std::string text) {
        return from.at == nullptr ? text + " by default" : text;
    };
    const std::string silence =
        described(timeout, "evicted after " + format_duration(values.timeout) + " of silence");
    const std::string beat =
        described(interval, "pinged every " + format_duration(values.interval));
    std::array parts{std::pair{timeout, silence}, std::pair{interval, beat}};
    // A default has no place in the file to show, so the one place tells both.
    if (timeout.at == nullptr)
        parts[1].second += ", " + silence;
    if (interval.at == nullptr)
        parts[0].second += ", " + beat;
    std::string help = "set `timeout: " + format_duration(2 * values.interval) + '`';
    if (longest_interval(values.timeout) >= milliseconds(100))
        help += " or `interval: " + format_duration(longest_interval(values.timeout)) + '`';
    report(in, is_too_short ? code::timeout_too_short : code::timeout_tight,
           is_too_short ? "every client would be evicted before it can answer a ping"
                        : "one late answer is enough to evict a client",
           std::move(help), parts);
}

/// The same text cannot be both the answer to the gateway's heartbeat and a heartbeat of the
/// client: answering it could begin an endless exchange.
void check_answers(reading& in, const std::string& path, const heartbeat_settings& values) {
    const provenance answer = find_value(in, path, "answer");
    const provenance expect = find_value(in, path, "text.expect");
    const provenance method = find_value(in, path, "method");
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
    report(in, code::answered_reply,
           quoted(values.text_expect) + " would be both an answer and a question of the client",
           "remove it from `answer`, or change `text.expect`", parts);
}

} // namespace

void check_heartbeat(reading& in, const std::string& path, const heartbeat_settings& values) {
    check_timing(in, path, values);
    check_answers(in, path, values);
}

} // namespace pulsegate
