#include "alignment/haproxy/reading.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/proxies.hpp"
#include "alignment/haproxy/sections.hpp"
#include "alignment/hop.hpp"
#include "base/quoted.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string_view>

namespace pulsegate {
namespace {

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
                                  std::string_view backend_head) {
    std::vector<limit> limits;
    if (frontend.client && frontend.client->value)
        limits.push_back(request_limit(*frontend.client, client_resets(frontend), "timeout client",
                                       backend_head));
    if (backend.server_rule)
        limits.push_back(request_limit(*backend.server_rule, server_resets(backend),
                                       "http-request set-timeout server", backend_head));
    else if (backend.server && backend.server->value)
        limits.push_back(
            request_limit(*backend.server, server_resets(backend), "timeout server", backend_head));
    return limits;
}

/// The idle limits in force once a connection has become a WebSocket. `timeout tunnel` of the
/// backend replaces `timeout client` of the frontend and `timeout server` of the backend, which
/// else apply side by side. All are reset by a byte in either direction; with `option
/// independent-streams`, the side that has it is reset by its own bytes only.
/// \param backend_head  `backend app`; where `timeout tunnel` would be set.
/// \return none if HAProxy waits for ever, or if the file does not tell the limit that replaces the
///         others.
std::vector<limit> haproxy_idle_limits(const haproxy_settings& frontend,
                                       const haproxy_settings& backend,
                                       std::string_view backend_head) {
    if (backend.tunnel_rule)
        return tunnel_limits(*backend.tunnel_rule, true, frontend, backend);
    if (backend.tunnel)
        return tunnel_limits(*backend.tunnel, false, frontend, backend);
    return request_limits(frontend, backend, backend_head);
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

/// A way through HAProxy, as indices; a `listen` with servers of its own is both.
struct haproxy_way {
    std::size_t frontend = 0;
    std::size_t backend = 0;
};

class way_finder {
public:
    way_finder(std::span<const haproxy_proxy> proxies, haproxy_findings& findings)
        : proxies_(proxies), findings_(findings) {
        for (std::size_t i = 0; i < proxies.size(); ++i)
            if (proxies[i].is_backend)
                backends_.emplace(proxies[i].name, i);
    }

    void leave(std::size_t frontend) {
        const haproxy_proxy& from = proxies_[frontend];
        taken_.clear();
        for (const haproxy_word& name : from.use_backends)
            follow(frontend, name);
        if (from.settings.default_backend)
            follow(frontend, *from.settings.default_backend);
        else if (from.is_backend)
            open(frontend, frontend);
    }

    [[nodiscard]] std::vector<haproxy_way> take() { return std::move(ways_); }

private:
    void follow(std::size_t frontend, const haproxy_word& name) {
        if (name.has_variable || name.text.find("%[") != std::string::npos) {
            if (told_.insert(name.where.offset).second)
                findings_.remarks.push_back(
                    {name.where, "is known only when a request comes: it may be any backend"});
            for (const auto& [_, backend] : backends_)
                open(frontend, backend);
            return;
        }
        const auto found = backends_.find(name.text);
        if (found != backends_.end())
            return open(frontend, found->second);
        if (told_.insert(name.where.offset).second)
            report_absent(name);
    }

    void open(std::size_t frontend, std::size_t backend) {
        if (!proxies_[backend].is_disabled && taken_.insert(backend).second)
            ways_.push_back({frontend, backend});
    }

    void report_absent(const haproxy_word& name) {
        std::vector<std::string_view> candidates;
        for (const auto& [candidate, _] : backends_)
            candidates.push_back(candidate);
        const auto meant = nearest(name.text, candidates);
        findings_.problems.push_back({hop_code::haproxy_syntax,
                                      "there is no backend " + quoted(name.text),
                                      {name.where, ""},
                                      {},
                                      meant ? "did you mean " + quoted(*meant) + "?" : ""});
    }

    std::span<const haproxy_proxy> proxies_;
    haproxy_findings& findings_;
    std::map<std::string_view, std::size_t> backends_;
    std::set<std::size_t> taken_; // backends of the present frontend
    std::set<std::size_t> told_;  // offsets of names: several frontends may share their `defaults`
    std::vector<haproxy_way> ways_;
};

/// Every way that `use_backend` and `default_backend` open, each once. Conditions are not judged,
/// and a name that is made when a request comes may be that of any `backend`; a remark says so.
std::vector<haproxy_way> find_haproxy_ways(std::span<const haproxy_proxy> proxies,
                                           haproxy_findings& findings) {
    way_finder finder(proxies, findings);
    for (std::size_t i = 0; i < proxies.size(); ++i)
        if (proxies[i].is_frontend && !proxies[i].is_disabled)
            finder.leave(i);
    return finder.take();
}

diagnostic unreadable(const haproxy_request& what, const boost::system::error_code& why) {
    return {hop_code::proxy_unreadable,
            "cannot read " + quoted(what.path) + ": " + why.message(),
            {what.declared, ""},
            {},
            ""};
}

/// One passage for each listener that the way leads to.
void add_passages(const haproxy_proxy& frontend, const haproxy_proxy& backend,
                  const haproxy_request& what, std::vector<haproxy_passage>& passages) {
    std::set<std::size_t> reached;
    for (const haproxy_server& server : backend.servers) {
        const auto listener =
            server.to ? reached_listener(*server.to, what.listeners) : std::nullopt;
        if (!listener || !reached.insert(*listener).second)
            continue;
        const haproxy_server_options& options = server.options;
        passages.push_back({.where = backend.head,
                            .title = std::string(backend.head.text()),
                            .frontend = frontend.name,
                            .server = server.where,
                            .listener = *listener,
                            .limits = haproxy_idle_limits(frontend.settings, backend.settings,
                                                          backend.head.text()),
                            .has_client_fin = frontend.settings.client_fin.has_value(),
                            .frontend_head = frontend.head,
                            .sends_proxy_header = options.sends_proxy || options.sends_proxy2,
                            .is_secure = options.speaks_tls || backend.settings.speaks_http
                                             ? std::optional(options.speaks_tls)
                                             : std::nullopt});
    }
}

/// Removes what is wrong with lines that HAProxy may never look at.
void excuse_conditional(std::vector<diagnostic>& problems, std::span<const haproxy_line> lines) {
    std::erase_if(problems, [&](const diagnostic& each) {
        const auto after = std::upper_bound(lines.begin(), lines.end(), each.primary.where.offset,
                                            [](std::size_t offset, const haproxy_line& line) {
                                                return offset < line.words.front().where.offset;
                                            });
        return after != lines.begin() && std::prev(after)->is_conditional;
    });
}

} // namespace

haproxy_reading read_haproxy(file_tree& files, const haproxy_request& what) {
    haproxy_reading reading;
    const auto file = files.read(what.path);
    if (!file.has_value()) {
        reading.problems.push_back(unreadable(what, file.error()));
        return reading;
    }
    reading.files.push_back(what.path);

    const std::vector<haproxy_line> lines = read_haproxy_lines(*file, reading.problems);
    haproxy_findings findings;
    const std::vector<haproxy_section> sections = split_haproxy_sections(lines, findings.problems);
    const haproxy_proxies proxies = read_haproxy_proxies(sections, findings);
    for (const haproxy_way& way : find_haproxy_ways(proxies.all, findings))
        add_passages(proxies.all[way.frontend], proxies.all[way.backend], what, reading.passages);
    if (proxies.hard_stop_after && proxies.hard_stop_after->value)
        reading.hard_stop_after =
            haproxy_reload_limit(*proxies.hard_stop_after->value, proxies.hard_stop_after->where);
    reading.remarks = std::move(findings.remarks);
    excuse_conditional(findings.problems, lines);
    reading.problems.insert(reading.problems.end(), findings.problems.begin(),
                            findings.problems.end());
    sort_and_unique(reading.problems);
    return reading;
}

} // namespace pulsegate
