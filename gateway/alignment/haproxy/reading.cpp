#include "alignment/haproxy/reading.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/limits.hpp"
#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/proxies.hpp"
#include "alignment/haproxy/sections.hpp"
#include "alignment/haproxy/ways.hpp"
#include "alignment/reaches.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>

namespace pulsegate {
namespace {

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
