// PG310 to PG312, PG323, PG324: locations of Nginx through which no WebSocket can be opened, or of
// which that cannot be seen.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/quoted.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

using kinds = nginx_obstacle::kinds;

constexpr std::string_view upgrade_lines = "proxy_set_header Upgrade $http_upgrade;\n"
                                           "proxy_set_header Connection \"upgrade\";";

diagnostic http_version(const nginx_passage& passage, const nginx_reading& reading) {
    const nginx_setting<std::string>& version = passage.http_version;
    const bool is_assumed = !version.set_at && reading.is_version_assumed;
    diagnostic what{is_assumed ? hop_code::nginx_unclear_upgrade : hop_code::nginx_http_version,
                    "HTTP/" + version.value + " has no upgrade: no WebSocket passes this location",
                    {},
                    {},
                    ""};
    if (version.set_at) {
        what.primary = {*version.set_at, "speaks HTTP/" + version.value + " to the gateway"};
        what.help = "set `proxy_http_version 1.1;` here";
    } else {
        what.primary = {version.block, "has no `proxy_http_version`: Nginx " +
                                           to_string(reading.version) +
                                           " speaks HTTP/1.0 by default"};
        what.help = "add `proxy_http_version 1.1;` here";
        if (is_assumed) {
            what.primary.text += " (nobody said which version it is)";
            what.help += ", or add the true `version:` beside `config:` in gateway.yaml";
        }
    }
    return what;
}

/// The headers that are lost must be repeated, all of them, or what else they did is lost as well.
std::string repeated(std::span<const nginx_header> lost) {
    std::string lines;
    for (const nginx_header& each : lost)
        lines += (lines.empty() ? "" : "\n") + std::string(each.where.text());
    return lines;
}

diagnostic lost_headers(const nginx_passage& passage) {
    diagnostic what{hop_code::nginx_lost_upgrade,
                    "the upgrade headers of an outer block do not apply here",
                    {passage.headers.front().where,
                     "one `proxy_set_header` switches off all that would be inherited"},
                    {},
                    "repeat them beside it:\n" + repeated(passage.lost_headers)};
    for (const nginx_header& each : passage.lost_headers)
        what.others.push_back({each.where, "lost"});
    return what;
}

bool lacks(const nginx_passage& passage, std::string_view header) {
    return std::any_of(passage.obstacles.begin(), passage.obstacles.end(),
                       [&](const nginx_obstacle& each) {
                           return each.kind == kinds::no_headers && each.text == header;
                       });
}

diagnostic no_headers(const nginx_passage& passage) {
    const bool lacks_upgrade = lacks(passage, "Upgrade");
    const std::string missing = lacks_upgrade && lacks(passage, "Connection")
                                    ? "`Upgrade` and `Connection`"
                                : lacks_upgrade ? "`Upgrade`"
                                                : "`Connection: upgrade`";
    return {hop_code::nginx_no_upgrade,
            "Nginx does not forward " + missing + ": no WebSocket passes this location",
            {passage.proxy_pass, "goes to the gateway without them"},
            {},
            "add beside it:\n" + std::string(upgrade_lines)};
}

diagnostic other(const nginx_passage& passage, const nginx_obstacle& obstacle) {
    diagnostic what{hop_code::nginx_no_upgrade,
                    "no WebSocket passes this location",
                    {obstacle.where, obstacle.text},
                    {{passage.proxy_pass, "leads to the gateway"}},
                    ""};
    if (obstacle.cure.empty())
        what.help = "remove this line";
    else if (!obstacle.cure.empty())
        what.help = "write `" + obstacle.cure + "` instead";
    return what;
}

void add_errors(const nginx_passage& passage, const nginx_reading& reading, findings& out) {
    bool has_told_headers = false;
    for (const nginx_obstacle& each : passage.obstacles) {
        if (each.kind == kinds::http_version) {
            out.push_back(http_version(passage, reading));
        } else if (each.kind != kinds::no_headers) {
            out.push_back(other(passage, each));
        } else if (!std::exchange(has_told_headers, true)) {
            const bool are_lost = has_lost_upgrade(passage.headers, passage.lost_headers);
            out.push_back(are_lost ? lost_headers(passage) : no_headers(passage));
        }
    }
}

/// What stands in the way, for a label.
std::string in_the_way(const nginx_passage& passage) {
    std::string all;
    for (const nginx_obstacle& each : passage.obstacles)
        all += (all.empty() ? "" : ", ") +
               (each.kind == kinds::no_headers ? "sends no " + quoted(each.text) : each.text);
    return all;
}

void add_unclear(const nginx_passage& passage, findings& out) {
    const span where = passage.obstacles.empty() || passage.obstacles.front().where.in == nullptr
                           ? passage.proxy_pass
                           : passage.obstacles.front().where;
    out.push_back({hop_code::nginx_unclear_upgrade,
                   "it cannot be seen whether a WebSocket passes " + passage.title,
                   {where, in_the_way(passage)},
                   {},
                   "open one through this Nginx to see it, or write what is sent without variables "
                   "that only a request decides:\n" +
                       std::string(upgrade_lines)});
}

void add_partial(const nginx_passage& passage, findings& out) {
    out.push_back({hop_code::nginx_partial_upgrade,
                   "no WebSocket passes " + passage.title + ", though others pass elsewhere",
                   {passage.proxy_pass, in_the_way(passage)},
                   {},
                   "if WebSockets come here, add beside it:\n" + std::string(upgrade_lines) +
                       "\nelse lead it to the application: the gateway answers nothing else"});
}

/// True if somebody meant WebSockets to pass here: pages need none of these lines.
bool is_meant_to_upgrade(const nginx_passage& passage) {
    return has_header(passage.headers, "Upgrade") ||
           has_lost_upgrade(passage.headers, passage.lost_headers);
}

void check(const nginx_passage& passage, const nginx_reading& reading, findings& out) {
    if (passage.is_reached == answer::no || passage.is_upgraded == answer::yes ||
        passage.routes.empty())
        return;
    if (passage.is_upgraded == answer::unclear) {
        if (!passage.has_gaps && !is_served_elsewhere(passage, reading, answer::yes))
            add_unclear(passage, out);
    } else if (!is_for_pages(passage, reading)) {
        add_errors(passage, reading, out);
    } else if (is_meant_to_upgrade(passage)) {
        add_partial(passage, out);
    }
}

} // namespace

void check_upgrade(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                if (passage.protocol == nginx_passage::protocols::http)
                    check(passage, *nginx, out);
}

} // namespace pulsegate
