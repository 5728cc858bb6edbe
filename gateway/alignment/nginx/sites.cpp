#include "alignment/nginx/sites.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::size_t most_blocks = 64; // inside each other
constexpr nginx_version first_to_mix_http2{1, 25, 1};

nginx_site site_of(const nginx_directive& server, const nginx_level& http,
                   const nginx_version& version) {
    nginx_site added;
    added.place = std::make_unique<nginx_place>(server, http, nullptr);
    added.listens = listens_of(server);
    const auto count = std::count_if(added.listens.begin(), added.listens.end(),
                                     [](const nginx_listen& each) { return each.is_secure; });
    if (count == 0)
        added.scheme = "http";
    else if (static_cast<std::size_t>(count) == added.listens.size())
        added.scheme = "https";
    const auto speaks_only_http2 = [](const nginx_listen& each) {
        return each.is_quic || (each.is_http2 && !each.is_secure);
    };
    if (!std::all_of(added.listens.begin(), added.listens.end(), speaks_only_http2))
        return added;
    const nginx_listen& first = added.listens.front();
    if (first.is_quic)
        added.closed = {nginx_obstacle::kinds::other, first.where,
                        "speaks HTTP/3 only, by which Nginx opens no WebSocket", "listen 443 ssl;"};
    else if (version < first_to_mix_http2)
        added.closed = {nginx_obstacle::kinds::other, first.where,
                        "speaks HTTP/2 only, without TLS, before Nginx 1.25.1", "listen 80;"};
    return added;
}

bool has_scripts(const nginx_directive& block, std::size_t depth) {
    return std::any_of(
        block.children.begin(), block.children.end(), [&](const nginx_directive& each) {
            return each.name().find("_by_lua") != std::string_view::npos ||
                   each.name() == "js_content" || each.name() == "perl" ||
                   (each.is_block && depth < most_blocks && has_scripts(each, depth + 1));
        });
}

std::size_t count_handlers(const nginx_directive& block, std::size_t depth) {
    std::size_t count = 0;
    for (const nginx_directive& each : block.children) {
        count += each.name().ends_with("_pass") ? 1 : 0;
        if (each.is_block && depth < most_blocks)
            count += count_handlers(each, depth + 1);
    }
    return count;
}

} // namespace

std::vector<nginx_site> sites_of(const nginx_level& http, const nginx_version& version) {
    std::vector<nginx_site> sites;
    for (const nginx_directive& each : http.block().children)
        if (each.is_block && each.name() == "server")
            sites.push_back(site_of(each, http, version));
    return sites;
}

bool listens_at(const nginx_site& which, const socket_address& target) {
    return std::any_of(which.listens.begin(), which.listens.end(), [&](const nginx_listen& each) {
        return leads_to_own(target, each.address);
    });
}

std::vector<const nginx_site*> sites_for(const std::vector<nginx_site>& sites,
                                         const socket_address& target,
                                         const std::vector<std::string>& host) {
    std::vector<const nginx_site*> all;
    for (const nginx_site& each : sites)
        if (listens_at(each, target))
            all.push_back(&each);
    if (host.size() == 1 && !is_open(host.front()))
        for (const nginx_site* const each : all)
            if (has_server_name(each->place->block(), host.front()))
                return {each};
    return all;
}

bool has_scripts(const nginx_directive& block) {
    return has_scripts(block, 0);
}

std::size_t count_handlers(const nginx_directive& block) {
    return count_handlers(block, 0);
}

} // namespace pulsegate
