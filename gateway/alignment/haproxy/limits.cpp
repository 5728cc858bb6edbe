#include "alignment/haproxy/limits.hpp"

#include "alignment/haproxy/times.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

using truths = haproxy_verdict::truths;

constexpr std::size_t most_ruled_parts = 32; // of the requests on a way, by what rules do to them

/// Some of the requests on a way, with the rules that hold for them.
struct part {
    haproxy_paths paths;
    std::optional<haproxy_time> tunnel; // of `http-request set-timeout`, which wins
    std::optional<haproxy_time> server;
    std::string only_if = {}; // a condition that the file does not decide
};

limit idle_limit(const haproxy_time& time, idle_reset resets, std::string option,
                 std::string setting) {
    return {.kind = limit_kind::idle,
            .value = *time.value,
            .resets = resets,
            .option = std::move(option),
            .setting = std::move(setting),
            .origin = limit_origin::file,
            .sure = confidence::documented,
            .cited = "configuration.txt, timeout tunnel",
            .where = time.where};
}

idle_reset client_resets(const haproxy_settings& frontend) {
    return frontend.has_independent_streams ? idle_reset::to_gateway : idle_reset::any;
}

idle_reset server_resets(const haproxy_settings& backend) {
    return backend.has_independent_streams ? idle_reset::to_client : idle_reset::any;
}

/// `timeout tunnel`, or the rule that replaces it, holds for both sides.
std::vector<limit> tunnel_limits(const haproxy_time& tunnel, bool is_rule,
                                 const haproxy_settings& frontend,
                                 const haproxy_settings& backend) {
    const std::string option = is_rule ? "http-request set-timeout tunnel" : "timeout tunnel";
    std::vector<limit> limits;
    if (!tunnel.value)
        return limits;
    limits.push_back(idle_limit(tunnel, client_resets(frontend), option, option + " {}s"));
    if (server_resets(backend) != client_resets(frontend))
        limits.push_back(idle_limit(tunnel, server_resets(backend), option, option + " {}s"));
    return limits;
}

/// `timeout tunnel` is their cure too, since they also rule ordinary requests. A frontend would
/// ignore it.
limit request_limit(const haproxy_time& time, idle_reset resets, std::string option,
                    std::string_view backend_head) {
    limit one = idle_limit(time, resets, std::move(option), "timeout tunnel {}s");
    one.goes_into = backend_head;
    return one;
}

std::vector<limit> request_limits(const haproxy_settings& frontend, const haproxy_settings& backend,
                                  const std::optional<haproxy_time>& server_rule,
                                  std::string_view backend_head) {
    std::vector<limit> limits;
    if (frontend.client && frontend.client->value)
        limits.push_back(request_limit(*frontend.client, client_resets(frontend), "timeout client",
                                       backend_head));
    if (server_rule)
        limits.push_back(request_limit(*server_rule, server_resets(backend),
                                       "http-request set-timeout server", backend_head));
    else if (backend.server && backend.server->value)
        limits.push_back(
            request_limit(*backend.server, server_resets(backend), "timeout server", backend_head));
    return limits;
}

std::vector<limit> limits_of(const part& requests, const haproxy_settings& frontend,
                             const haproxy_settings& backend, std::string_view backend_head) {
    if (requests.tunnel)
        return tunnel_limits(*requests.tunnel, true, frontend, backend);
    if (backend.tunnel)
        return tunnel_limits(*backend.tunnel, false, frontend, backend);
    return request_limits(frontend, backend, requests.server, backend_head);
}

std::string text_of(const haproxy_condition& when) {
    std::string text = when.is_unless ? "unless" : "if";
    for (const haproxy_word& each : when.terms)
        text += ' ' + each.text;
    return text;
}

/// \param found  the rule's time; it holds for those of `before` that meet the condition.
void split_by_rule(const haproxy_rule& rule, const haproxy_time& found, const haproxy_verdict& met,
                   std::vector<part>& parts) {
    const bool is_tunnel = rule.words[2].text == "tunnel";
    std::vector<part> after;
    for (const part& before : parts) {
        if (const auto rest = left_over(before.paths, met))
            after.push_back({*rest, before.tunnel, before.server, before.only_if});
        const auto both = both_of(before.paths, met.paths);
        if (!both)
            continue;
        part changed{*both, before.tunnel, before.server, before.only_if};
        (is_tunnel ? changed.tunnel : changed.server) = found;
        if (met.truth == truths::maybe && !met.is_by_path)
            changed.only_if = text_of(rule.when);
        after.push_back(std::move(changed));
    }
    if (after.size() <= most_ruled_parts)
        parts = std::move(after);
}

/// `http-request set-timeout server|tunnel TIME`; the last one that is met wins.
std::vector<part> split_by_rules(const haproxy_proxy& backend, const haproxy_way& on) {
    std::vector<part> parts;
    for (const haproxy_paths& each : on.arriving)
        parts.push_back({each, {}, {}});
    if (!backend.settings.speaks_http)
        return parts;
    for (const haproxy_rule& rule : backend.settings.rules) {
        if (rule.words.front().text != "http-request")
            continue;
        const haproxy_verdict met = judge_haproxy_condition(rule.when, on.view_of(backend));
        if (rule.words[1].text == "allow" && met.truth == truths::yes)
            break;
        const bool is_timeout = rule.words[1].text == "set-timeout" && rule.words.size() > 3 &&
                                (rule.words[2].text == "tunnel" || rule.words[2].text == "server");
        if (!is_timeout || met.truth == truths::no || rule.words[3].has_variable)
            continue;
        const auto value = parse_haproxy_time(rule.words[3].text);
        if (value.has_value() && *value > milliseconds::zero())
            split_by_rule(rule, {*value, rule.where}, met, parts);
    }
    return parts;
}

} // namespace

namespace {

/// \param limits_of_part  of some of the requests.
template <class Limits>
std::vector<limit> limits_of_parts(const haproxy_proxy& backend, const haproxy_way& on,
                                   Limits limits_of_part) {
    std::vector<limit> limits;
    for (const part& each : split_by_rules(backend, on))
        for (limit one : limits_of_part(each)) {
            one.place = backend.head.text();
            one.only_if = each.only_if;
            if (on.is_path_kept)
                one.not_under = each.paths.not_under;
            const bool has_paths = on.is_path_kept && !each.paths.under.empty();
            for (const std::string& path :
                 has_paths ? each.paths.under : std::vector<std::string>{""}) {
                one.path = path;
                limits.push_back(one);
            }
        }
    return limits;
}

} // namespace

std::vector<limit> haproxy_idle_limits(const haproxy_proxy& frontend, const haproxy_proxy& backend,
                                       const haproxy_way& on) {
    return limits_of_parts(backend, on, [&](const part& requests) {
        return limits_of(requests, frontend.settings, backend.settings, backend.head.text());
    });
}

std::vector<limit> haproxy_silence_limits(const haproxy_proxy& frontend,
                                          const haproxy_proxy& backend, const haproxy_way& on) {
    if (!frontend.settings.speaks_http && !backend.settings.speaks_http) {
        std::vector<limit> limits = haproxy_idle_limits(frontend, backend, on);
        for (limit& each : limits)
            each.kind = limit_kind::silence;
        return limits;
    }
    return limits_of_parts(backend, on, [&](const part& requests) {
        const bool is_rule = requests.server.has_value();
        const auto& time = is_rule ? requests.server : backend.settings.server;
        std::vector<limit> limits;
        if (!time || !time->value)
            return limits;
        const std::string option = is_rule ? "http-request set-timeout server" : "timeout server";
        limits.push_back(idle_limit(*time, idle_reset::to_client, option, option + " {}s"));
        limits.back().kind = limit_kind::silence;
        limits.back().cited = "configuration.txt, timeout server";
        return limits;
    });
}

/// The limit on connections of a process that was replaced by a reload.
limit haproxy_reload_limit(milliseconds value, const span& where) {
    return {.kind = limit_kind::reload,
            .value = value,
            .resets = idle_reset::any,
            .option = "hard-stop-after",
            .setting = "hard-stop-after {}s",
            .origin = limit_origin::file,
            .sure = confidence::documented,
            .cited = "configuration.txt, hard-stop-after",
            .where = where};
}

} // namespace pulsegate
