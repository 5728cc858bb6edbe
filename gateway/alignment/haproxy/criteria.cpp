#include "alignment/haproxy/criteria.hpp"

#include "base/ascii_case.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {
namespace {

using truths = haproxy_verdict::truths;

/// One criterion taken apart: `hdr_beg(Connection),lower -m sub -i upgrade`.
struct criterion {
    std::string_view name;     // `hdr`, without what comes after its underscore
    std::string_view argument; // `Connection`
    std::string method;        // how it compares: `beg`
    bool ignores_case = false;
    bool is_plain = true; // no converter, file or flag of which nothing is known here
    std::vector<std::string_view> patterns;
};

constexpr std::array<std::string_view, 8> methods{"beg", "dir", "dom", "end",
                                                  "len", "reg", "sub", "str"};

void read_flags(criterion& of, std::span<const haproxy_word> words) {
    std::size_t at = 0;
    for (; at < words.size(); ++at) {
        const std::string_view flag = words[at].text;
        if (flag == "-i")
            of.ignores_case = true;
        else if (flag == "-m" && at + 1 < words.size())
            of.method = words[++at].text;
        else if (flag == "--") {
            ++at;
            break;
        } else if (flag.size() == 2 && flag[0] == '-' && !(flag[1] >= '0' && flag[1] <= '9'))
            of.is_plain = false; // -f and its kind
        else
            break;
    }
    for (; at < words.size(); ++at) {
        of.patterns.push_back(words[at].text);
        of.is_plain = of.is_plain && !words[at].has_variable;
    }
}

criterion take_apart(std::span<const haproxy_word> words) {
    criterion out;
    std::string_view fetch = words.front().text;
    out.is_plain = !words.front().has_variable;
    const std::size_t open = fetch.find('(');
    std::string_view converters;
    if (open != fetch.npos && open < fetch.find(',')) {
        const std::size_t close = fetch.find(')', open);
        out.argument = fetch.substr(open + 1, close == fetch.npos ? close : close - open - 1);
        converters = close == fetch.npos ? "" : fetch.substr(close + 1);
        fetch = fetch.substr(0, open);
    } else {
        converters = fetch.substr(std::min(fetch.find(','), fetch.size()));
        fetch = fetch.substr(0, fetch.find(','));
    }
    if (converters == ",lower")
        out.ignores_case = true; // close enough: patterns are then in lower case
    else if (!converters.empty() && converters != ",url_dec")
        out.is_plain = false;
    out.name = fetch;
    if (const std::size_t line = fetch.rfind('_'); line != fetch.npos) {
        const std::string_view method = fetch.substr(line + 1);
        if (std::find(methods.begin(), methods.end(), method) != methods.end()) {
            out.name = fetch.substr(0, line);
            out.method = method;
        }
    }
    read_flags(out, words.subspan(1));
    return out;
}

/// What every browser sends to open a WebSocket; RFC 6455 §4.1. Empty for a header that it may
/// have, or of which the value is its own.
std::string_view header_value(std::string_view name) {
    struct row {
        std::string_view name;
        std::string_view value;
    };
    constexpr std::array rows{row{"Upgrade", "websocket"}, row{"Connection", "Upgrade"},
                              row{"Sec-WebSocket-Version", "13"}};
    for (const row& each : rows)
        if (equals_ignoring_case(each.name, name))
            return each.value;
    return {};
}

/// A header that nobody sends, since its name is a slip of the pen.
bool is_misspelt(std::string_view name) {
    constexpr std::size_t most = 2; // letters that are wrong
    const std::string lower = lower_case(name);
    for (const std::string_view meant : {"upgrade", "connection"})
        if (lower != meant && edit_distance(lower, meant) <= most)
            return true;
    return false;
}

/// Of a request that is no handshake.
haproxy_verdict judge_plain_header(const criterion& of) {
    const std::string name = lower_case(of.argument.substr(0, of.argument.find(',')));
    const bool asks_for_upgrade =
        !of.patterns.empty() &&
        std::all_of(of.patterns.begin(), of.patterns.end(), [](std::string_view each) {
            return lower_case(each).find("upgrade") != std::string::npos;
        });
    if (name == "upgrade" || name.starts_with("sec-websocket-") ||
        (name == "connection" && asks_for_upgrade))
        return certain(false);
    return {};
}

haproxy_verdict judge_header(const criterion& of) {
    if (is_misspelt(of.argument.substr(0, of.argument.find(','))))
        return certain(false);
    const std::string_view value = header_value(of.argument.substr(0, of.argument.find(',')));
    const bool is_there = !value.empty() || equals_ignoring_case(of.argument, "Sec-WebSocket-Key");
    if (is_there && of.method == "found")
        return certain(true);
    if (value.empty() || of.patterns.empty())
        return {};
    const auto fold = [&](std::string_view text) {
        return of.ignores_case ? lower_case(text) : std::string(text);
    };
    const std::string text = fold(value);
    bool is_met = false;
    for (const std::string_view each : of.patterns) {
        const std::string pattern = fold(each);
        if (of.method.empty() || of.method == "str")
            is_met = is_met || text == pattern;
        else if (of.method == "beg")
            is_met = is_met || text.starts_with(pattern);
        else if (of.method == "end")
            is_met = is_met || text.ends_with(pattern);
        else if (of.method == "sub")
            is_met = is_met || text.find(pattern) != text.npos;
        else if (text.find(pattern) == text.npos)
            return {}; // a regular expression may have characters that stand for others
        else
            is_met = true;
    }
    return certain(is_met);
}

/// How every path begins that a regular expression matches; empty if it does not say.
std::string literal_beginning(std::string_view pattern) {
    if (!pattern.starts_with("^/") || pattern.find('|') != pattern.npos)
        return {};
    pattern.remove_prefix(1);
    std::size_t end = std::min(pattern.find_first_of(".[](){}*+?\\$^"), pattern.size());
    if (end < pattern.size() && std::string_view("*?{").find(pattern[end]) != pattern.npos)
        --end; // of the character before it there may be none
    return std::string(pattern.substr(0, end));
}

haproxy_verdict judge_path(const criterion& of) {
    haproxy_verdict found{truths::maybe, {}, of.method == "beg", true};
    for (const std::string_view each : of.patterns) {
        std::string beginning(each);
        if (of.method == "reg")
            beginning = literal_beginning(each);
        else if (of.method != "beg" && of.method != "str" && !of.method.empty())
            return {};
        if (!beginning.starts_with('/'))
            return {};
        found.paths.under.push_back(std::move(beginning));
    }
    if (found.paths.under.empty())
        return {};
    const bool is_every = std::find(found.paths.under.begin(), found.paths.under.end(), "/") !=
                          found.paths.under.end();
    return is_every && found.is_exact ? certain(true) : found;
}

} // namespace

haproxy_verdict judge_haproxy_criterion(std::span<const haproxy_word> words,
                                        const haproxy_view& from) {
    if (words.empty())
        return {};
    const criterion of = take_apart(words);
    if (!of.is_plain)
        return {};
    if (of.name == "always_true" || of.name == "always_false")
        return certain(of.name == "always_true");
    if (of.name == "hdr" || of.name == "req.hdr")
        return from.is_plain ? judge_plain_header(of) : judge_header(of);
    if (of.name == "path" || of.name == "url")
        return from.is_path_kept ? judge_path(of) : haproxy_verdict{};
    if (of.name == "method" && !of.patterns.empty() && !from.is_plain)
        return certain(std::find(of.patterns.begin(), of.patterns.end(), "GET") !=
                       of.patterns.end());
    if (of.name == "ssl_fc" && of.patterns.empty() && from.is_tls)
        return certain(*from.is_tls);
    return {};
}

} // namespace pulsegate
