#include "alignment/haproxy/reading.hpp"

#include "alignment/codes.hpp"
#include "alignment/haproxy/limits.hpp"
#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/passages.hpp"
#include "alignment/haproxy/proxies.hpp"
#include "alignment/haproxy/sections.hpp"
#include "base/quoted.hpp"

#include <algorithm>
#include <iterator>
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

/// HAProxy 2.6: `unknown keyword … out of section`, also where the first line is empty or a
/// comment.
diagnostic marked(const source& file) {
    const auto first = file->line_of(0);
    return {hop_code::haproxy_syntax,
            "the file begins with a byte order mark, which HAProxy takes for a part of the first "
            "word",
            {{file, 0, first.text.size()}, ""},
            {},
            "save it as UTF-8 without a byte order mark"};
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

bool is_same(const limit& a, const limit& b) {
    return a.kind == b.kind && a.where.offset == b.where.offset && a.option == b.option &&
           a.value == b.value && a.path == b.path;
}

bool has_limit(const haproxy_passage* in, const limit& which) {
    return in != nullptr && std::any_of(in->limits.begin(), in->limits.end(),
                                        [&](const limit& each) { return is_same(each, which); });
}

const haproxy_passage* find_same(const std::vector<haproxy_passage>& in,
                                 const haproxy_passage& which) {
    const auto found = std::find_if(in.begin(), in.end(), [&](const haproxy_passage& each) {
        return each.frontend_head.offset == which.frontend_head.offset &&
               each.server.offset == which.server.offset;
    });
    return found == in.end() ? nullptr : &*found;
}

constexpr const char* undecided_branch = "depending on .if";

/// What holds only if the branches of `.if` are taken of which the file does not tell, and what
/// only if they are not, is not certain. \param without  the passages of the file without those
/// branches.
void weigh_branches(std::vector<haproxy_passage>& passages,
                    const std::vector<haproxy_passage>& without) {
    for (haproxy_passage& each : passages) {
        const haproxy_passage* const other = find_same(without, each);
        std::vector<limit> both = each.limits;
        for (limit& one : both)
            if (!has_limit(other, one))
                one.only_if = undecided_branch;
        for (const limit& one : other != nullptr ? other->limits : std::vector<limit>()) {
            if (has_limit(&each, one))
                continue;
            both.push_back(one);
            both.back().only_if = undecided_branch;
        }
        each.limits = std::move(both);
    }
}

haproxy_proxies read_lines(const std::vector<haproxy_line>& lines, const haproxy_request& what,
                           haproxy_findings& findings, haproxy_reading& into) {
    const std::vector<haproxy_section> sections = split_haproxy_sections(lines, findings.problems);
    haproxy_proxies proxies = read_haproxy_proxies(sections, findings);
    find_haproxy_passages(proxies, what, findings, into);
    return proxies;
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
    if (files.begins_with_mark(what.path))
        reading.problems.push_back(marked(*file));

    std::vector<haproxy_line> lines = read_haproxy_lines(*file, reading.problems);
    haproxy_findings findings;
    const haproxy_proxies proxies = read_lines(lines, what, findings, reading);
    if (proxies.hard_stop_after && proxies.hard_stop_after->value)
        reading.hard_stop_after =
            haproxy_reload_limit(*proxies.hard_stop_after->value, proxies.hard_stop_after->where);
    reading.user = proxies.user;
    reading.remarks = std::move(findings.remarks);
    excuse_conditional(findings.problems, lines);
    reading.problems.insert(reading.problems.end(), findings.problems.begin(),
                            findings.problems.end());
    sort_and_unique(reading.problems);
    if (std::erase_if(lines, [](const haproxy_line& each) { return each.is_conditional; }) > 0) {
        haproxy_findings unused;
        haproxy_reading without;
        (void)read_lines(lines, what, unused, without);
        weigh_branches(reading.passages, without.passages);
    }
    return reading;
}

} // namespace pulsegate
