#include "alignment/haproxy/times.hpp"

#include "alignment/codes.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace pulsegate {
namespace {

constexpr std::int64_t longest = 2'147'483'647; // milliseconds, about 24.8 days

struct unit {
    std::string_view name;
    std::int64_t in_microseconds;
};
constexpr unit units[] = {
    {"us", 1},         {"ms", 1'000},        {"", 1'000},           {"s", 1'000'000},
    {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000},
};

parse_error not_a_time(std::string_view text) {
    return {quoted(text) + " is not a time",
            "write one whole number and one of the units `us`, `ms`, `s`, `m`, `h`, `d`, such as "
            "`90s`"};
}

constexpr std::array<std::string_view, 12> names{
    "client", "client-fin", "client-hs",       "server",       "server-fin", "tunnel",
    "check",  "connect",    "http-keep-alive", "http-request", "queue",      "tarpit",
};

struct renamed {
    std::string_view old_name;
    std::string_view name;
};
constexpr std::array old_names{
    renamed{"clitimeout", "client"},
    renamed{"srvtimeout", "server"},
    renamed{"contimeout", "connect"},
};

const renamed* find_old(std::string_view word) {
    for (const renamed& each : old_names)
        if (each.old_name == word)
            return &each;
    return nullptr;
}

void report(haproxy_findings& findings, hop_code id, const span& where, std::string message,
            std::string help) {
    findings.problems.push_back({id, std::move(message), {where, ""}, {}, std::move(help)});
}

void report_old(haproxy_findings& findings, const haproxy_word& word, const renamed& spelling) {
    report(findings, hop_code::haproxy_syntax, word.where,
           quoted(word.text) + " is gone since HAProxy 2.1",
           "write `timeout " + std::string(spelling.name) + "` instead");
}

void report_unknown(haproxy_findings& findings, const haproxy_word& word) {
    const auto meant = nearest(word.text, names);
    report(findings, hop_code::haproxy_syntax, word.where,
           "HAProxy has no `timeout` named " + quoted(word.text),
           meant ? "did you mean " + quoted(*meant) + "?" : "");
}

} // namespace

parsed<milliseconds> parse_haproxy_time(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0)
        return not_a_time(text);
    const parse_error too_long{quoted(text) + " is longer than HAProxy can wait",
                               "write at most `24d`"};
    std::int64_t count = 0;
    if (std::from_chars(text.data(), text.data() + digits, count).ec != std::errc{})
        return too_long;
    for (const unit& each : units) {
        if (each.name != text.substr(digits))
            continue;
        if (count > longest * 1'000 / each.in_microseconds)
            return too_long;
        return std::chrono::ceil<milliseconds>(
            std::chrono::microseconds(count * each.in_microseconds));
    }
    return not_a_time(text);
}

bool is_old_haproxy_timeout(std::string_view word) {
    return find_old(word) != nullptr;
}

std::optional<haproxy_time> read_haproxy_timeout(const haproxy_line& line,
                                                 haproxy_findings& findings) {
    const std::vector<haproxy_word>& words = line.words;
    // `timeout clitimeout 5s` is refused like `clitimeout 5s`.
    const haproxy_word& name = words.size() > 1 && words[0].text == "timeout" ? words[1] : words[0];
    if (const renamed* const spelling = find_old(name.text)) {
        report_old(findings, name, *spelling);
        return std::nullopt;
    }
    if (words.size() < 2) {
        report(findings, hop_code::haproxy_syntax, line.where(), "this `timeout` has no name",
               "write `timeout NAME TIME`");
        return std::nullopt;
    }
    if (std::find(names.begin(), names.end(), name.text) == names.end()) {
        report_unknown(findings, name);
        return std::nullopt;
    }
    return read_haproxy_time(line, 2, findings);
}

std::optional<haproxy_time> read_haproxy_time(const haproxy_line& line, std::size_t at,
                                              haproxy_findings& findings) {
    const std::vector<haproxy_word>& words = line.words;
    if (words.size() <= at) {
        report(findings, hop_code::haproxy_value, line.where(), "a time is missing here",
               "write a number and a unit, such as `60s`");
        return std::nullopt;
    }
    if (words.size() > at + 1) {
        report(findings, hop_code::haproxy_value, words[at + 1].where,
               quoted(words[at + 1].text) + " is one word too many",
               "write the number and its unit as one word, such as `60s`");
        return std::nullopt;
    }
    if (words[at].has_variable) {
        findings.remarks.push_back({line.where(), "depends on an environment variable"});
        return haproxy_time{std::nullopt, line.where()};
    }
    const auto value = parse_haproxy_time(words[at].text);
    if (!value.has_value()) {
        report(findings, hop_code::haproxy_value, words[at].where, value.error().message,
               value.error().help);
        return std::nullopt;
    }
    return haproxy_time{*value, line.where()};
}

std::optional<haproxy_time> unless_zero(haproxy_time time) {
    if (time.value == milliseconds::zero())
        return std::nullopt;
    return time;
}

} // namespace pulsegate
