#include "alignment/nginx/proxy_headers.hpp"

namespace pulsegate {
namespace {

std::vector<nginx_header> headers_of(const nginx_level& level, const nginx_level& where,
                                     const nginx_variables& variables) {
    std::vector<nginx_header> headers;
    for (const nginx_directive* each : level.own())
        if (each->name() == "proxy_set_header" && each->arguments() == 2)
            headers.push_back({std::string(each->argument(0)), std::string(each->argument(1)),
                               each->whole(), variables.possible_values(each->argument(1), where)});
    return headers;
}

} // namespace

nginx_proxy_headers read_proxy_headers(const nginx_level& where, const nginx_variables& variables) {
    nginx_proxy_headers read;
    for (const nginx_level* level = &where; level; level = level->outer()) {
        if (level->is_condition())
            continue;
        std::vector<nginx_header> headers = headers_of(*level, where, variables);
        if (read.in_force.empty()) {
            read.in_force = std::move(headers);
            continue;
        }
        // A level may set one name twice; of two levels only the inner one would count.
        const std::size_t lost_before = read.lost.size();
        for (nginx_header& each : headers)
            if (!has_header(read.in_force, each.name) &&
                !has_header(std::span(read.lost).first(lost_before), each.name))
                read.lost.push_back(std::move(each));
    }
    return read;
}

} // namespace pulsegate
