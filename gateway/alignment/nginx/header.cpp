#include "alignment/nginx/header.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

/// True if `upgrade` is one of the options in a list like `keep-alive, Upgrade` (RFC 9110 §7.6.1).
bool asks_for_upgrade(std::string_view value) {
    while (!value.empty()) {
        const std::size_t end = std::min(value.find(','), value.size());
        std::string_view option = value.substr(0, end);
        value.remove_prefix(std::min(end + 1, value.size()));
        constexpr std::string_view blank = " \t";
        option.remove_prefix(std::min(option.find_first_not_of(blank), option.size()));
        option = option.substr(0, option.find_last_not_of(blank) + 1);
        if (equals_ignoring_case(option, "upgrade") || option == "$http_connection" ||
            option == "${http_connection}")
            return true;
    }
    return false;
}

bool any_value(std::span<const nginx_header> headers, std::string_view name, auto&& is_meant) {
    return std::any_of(headers.begin(), headers.end(), [&](const nginx_header& each) {
        return equals_ignoring_case(each.name, name) &&
               std::any_of(each.possible_values.begin(), each.possible_values.end(), is_meant);
    });
}

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

bool has_header(std::span<const nginx_header> headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](const nginx_header& each) {
        return equals_ignoring_case(each.name, name);
    });
}

bool has_upgrade_header(std::span<const nginx_header> headers) {
    // Nginx does not send a header whose value is empty.
    return any_value(headers, "Upgrade", [](std::string_view value) { return !value.empty(); });
}

bool has_connection_upgrade(std::span<const nginx_header> headers) {
    return any_value(headers, "Connection", asks_for_upgrade);
}

bool is_upgraded(std::span<const nginx_header> headers) {
    return has_upgrade_header(headers) && has_connection_upgrade(headers);
}

bool has_lost_upgrade(std::span<const nginx_header> in_force, std::span<const nginx_header> lost) {
    return !is_upgraded(in_force) && (has_upgrade_header(in_force) || has_upgrade_header(lost)) &&
           (has_connection_upgrade(in_force) || has_connection_upgrade(lost));
}

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
