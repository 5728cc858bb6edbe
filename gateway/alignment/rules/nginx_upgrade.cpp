// PG310 to PG312: a location of Nginx through which no WebSocket can be opened.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "base/quoted.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::string_view upgrade_lines = "proxy_set_header Upgrade $http_upgrade;\n"
                                           "proxy_set_header Connection \"upgrade\";";

void check_http_version(const nginx_passage& passage, const nginx_reading& reading, findings& out) {
    const nginx_setting<std::string>& version = passage.http_version;
    if (version.value != "1.0")
        return;
    diagnostic what{hop_code::nginx_http_version,
                    "HTTP/1.0 has no upgrade: no WebSocket passes this location",
                    {},
                    {},
                    ""};
    if (version.set_at) {
        what.primary = {*version.set_at, "speaks HTTP/1.0 to the gateway"};
        what.help = "set `proxy_http_version 1.1;` here";
    } else {
        what.primary = {version.block, "has no `proxy_http_version`: Nginx " +
                                           to_string(reading.version) +
                                           " speaks HTTP/1.0 by default"};
        what.help = "add `proxy_http_version 1.1;` here";
        if (reading.is_version_assumed) {
            what.primary.text += " (nobody said which version it is)";
            what.help += ", or add the true `version:` beside `config:` in gateway.yaml";
        }
    }
    out.push_back(std::move(what));
}

/// The headers that are lost must be repeated, all of them, or what else they did is lost as well.
std::string repeated(std::span<const nginx_header> lost) {
    std::string lines;
    for (const nginx_header& each : lost)
        lines += (lines.empty() ? "" : "\n") + std::string(each.where.text());
    return lines;
}

void check_headers(const nginx_passage& passage, findings& out) {
    if (is_upgraded(passage.headers))
        return;
    if (has_lost_upgrade(passage.headers, passage.lost_headers)) {
        diagnostic what{hop_code::nginx_lost_upgrade,
                        "the upgrade headers of an outer block do not apply here",
                        {passage.headers.front().where,
                         "one `proxy_set_header` switches off all that would be inherited"},
                        {},
                        "repeat them beside it:\n" + repeated(passage.lost_headers)};
        for (const nginx_header& each : passage.lost_headers)
            what.others.push_back({each.where, "lost"});
        out.push_back(std::move(what));
        return;
    }
    const bool lacks_upgrade = !has_upgrade_header(passage.headers);
    const bool lacks_connection = !has_connection_upgrade(passage.headers);
    const std::string missing = lacks_upgrade && lacks_connection ? "`Upgrade` and `Connection`"
                                : lacks_upgrade                   ? "`Upgrade`"
                                                                  : "`Connection: upgrade`";
    out.push_back({hop_code::nginx_no_upgrade,
                   "Nginx does not forward " + missing + ": no WebSocket passes this location",
                   {passage.proxy_pass, "goes to the gateway without them"},
                   {},
                   "add beside it:\n" + std::string(upgrade_lines)});
}

} // namespace

void check_upgrade(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        if (const auto* const nginx = sound_nginx(each))
            for (const nginx_passage& passage : nginx->passages)
                if (passage.protocol == nginx_passage::protocols::http) {
                    check_http_version(passage, *nginx, out);
                    check_headers(passage, out);
                }
}

} // namespace pulsegate
