// What a section's rules do to the headers without which no handshake is one.
#include "alignment/haproxy/ways.hpp"
#include "base/ascii_case.hpp"
#include "base/quoted.hpp"

#include <array>
#include <span>
#include <string_view>

namespace pulsegate {
namespace {

using truths = haproxy_verdict::truths;

/// Headers without which no handshake is one. HAProxy writes Sec-WebSocket-Key by itself where
/// there is none, and Sec-WebSocket-Accept.
constexpr std::array<std::string_view, 3> of_requests{"upgrade", "connection",
                                                      "sec-websocket-version"};
constexpr std::array<std::string_view, 2> of_answers{"upgrade", "connection"};

struct harm {
    std::string why; // as a label; empty if WebSockets pass
    bool is_certain = true;
};

/// The first of the headers that `del-header NAME [-m METHOD]` takes away. HAProxy knows names in
/// lower case, with which regular expressions are compared as they are.
harm harm_of_removal(const haproxy_rule& rule, std::span<const std::string_view> needed) {
    const std::string& written = rule.words[2].text;
    const std::string method =
        rule.words.size() > 4 && rule.words[3].text == "-m" ? rule.words[4].text : "str";
    const std::string name = method == "reg" ? written : lower_case(written);
    for (const std::string_view each : needed) {
        const bool is_it = method == "beg"   ? each.starts_with(name)
                           : method == "end" ? each.ends_with(name)
                           : method == "sub" || method == "reg"
                               ? name.find(each) != name.npos || each.find(name) != each.npos
                               : each == name;
        if (is_it)
            return {"takes " + quoted(written) + " away", method != "reg"};
    }
    return {};
}

/// \param value  that it sets or puts in place of another; what is made of the request may be
/// right.
harm harm_of_value(std::string_view name, const haproxy_word& value, bool is_certain) {
    const std::string text = lower_case(value.text);
    if (value.has_variable || text.find_first_of("%\\") != text.npos)
        return {};
    if (equals_ignoring_case(name, "Upgrade") && text != "websocket")
        return {"replaces `Upgrade: websocket`", is_certain};
    if (equals_ignoring_case(name, "Connection") && text.find("upgrade") == text.npos)
        return {"replaces `Connection: Upgrade`", is_certain};
    return {};
}

/// What a rule does to a handshake, or to the answer to it.
harm harm_of(const haproxy_rule& rule) {
    const bool is_request = rule.words.front().text == "http-request";
    if ((!is_request && rule.words.front().text != "http-response") || rule.words.size() < 3)
        return {};
    const std::string& action = rule.words[1].text;
    const std::string& name = rule.words[2].text;
    if (action == "del-header")
        return harm_of_removal(rule, is_request ? std::span<const std::string_view>(of_requests)
                                                : std::span<const std::string_view>(of_answers));
    if (action == "set-header" && rule.words.size() > 3)
        return harm_of_value(name, rule.words[3], true);
    if ((action == "replace-header" || action == "replace-value") && rule.words.size() > 4)
        return harm_of_value(name, rule.words[4], rule.words[3].text == ".*");
    return {};
}

} // namespace

std::vector<haproxy_obstacle> find_header_obstacles(const haproxy_proxy& section,
                                                    const haproxy_way& on) {
    std::vector<haproxy_obstacle> found;
    if (!section.settings.speaks_http)
        return found;
    for (const haproxy_rule& rule : section.settings.rules) {
        harm done = harm_of(rule);
        const haproxy_verdict met = judge_haproxy_condition(rule.when, on.view_of(section));
        if (done.why.empty() || met.truth == truths::no)
            continue;
        found.push_back({rule.where, std::move(done.why), "remove this line", met.paths.under,
                         false, done.is_certain && (met.truth == truths::yes || met.is_by_path)});
    }
    return found;
}

} // namespace pulsegate
