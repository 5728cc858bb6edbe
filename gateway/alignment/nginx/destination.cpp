#include "alignment/nginx/destination.hpp"

#include "alignment/nginx/values.hpp"
#include "alignment/nginx/variables.hpp"
#include "base/ascii_case.hpp"
#include "base/ip_address.hpp"
#include "base/quoted.hpp"
#include "config/address.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace pulsegate {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;
constexpr milliseconds default_keep_alive = std::chrono::seconds(60);
constexpr nginx_version keeps_by_default{1, 29, 7};

struct scheme {
    std::string_view prefix;
    std::uint16_t port; // if none is written
    std::optional<bool> is_secure;
};

/// The scheme at the front of `text`, which is taken off. The port of `$scheme` counts as that of
/// `http`, although a request over TLS makes it `https`.
std::optional<scheme> take_scheme(std::string_view& text) {
    constexpr std::array<scheme, 3> schemes{{{"http://", http_port, false},
                                             {"https://", https_port, true},
                                             {"$scheme://", http_port, std::nullopt}}};
    for (const scheme& each : schemes)
        if (equals_ignoring_case(text.substr(0, each.prefix.size()), each.prefix)) {
            text.remove_prefix(each.prefix.size());
            return each;
        }
    return std::nullopt;
}

/// Where host and port end. A variable behind the digits of a port, or one that always holds a
/// path, begins the URI.
std::size_t authority_end(std::string_view text) {
    std::size_t end = std::min(text.find_first_of("/?"), text.size());
    for (nginx_variable next = find_nginx_variable(text); next.length > 0 && next.offset < end;
         next = find_nginx_variable(text, next.offset + next.length)) {
        const std::string_view before = text.substr(0, next.offset);
        const std::size_t colon = before.rfind(':');
        const bool has_port = colon != before.npos && colon + 1 < before.size() &&
                              parse_port(before.substr(colon + 1)).has_value();
        if (is_path_of_request(next) || has_port)
            end = next.offset;
    }
    return end;
}

std::string first_variable(std::string_view text) {
    const nginx_variable found = find_nginx_variable(text);
    return std::string(text.substr(found.offset, found.length));
}

nginx_destination socket_of(std::string_view path) {
    nginx_destination parts;
    parts.is_unix = true;
    parts.host = path;
    parts.variable = first_variable(path);
    return parts;
}

/// Only in a URL does a colon end the path of the socket.
nginx_destination parse_unix_url(std::string_view text) {
    text.remove_prefix(unix_prefix.size());
    const std::size_t end = std::min(text.find(':'), text.size());
    nginx_destination parts = socket_of(text.substr(0, end));
    parts.uri = text.substr(std::min(end + 1, text.size()));
    return parts;
}

/// \param text  `host`, `host:port`, `[v6]` or `[v6]:port`
std::optional<nginx_destination> parse_authority(std::string_view text,
                                                 std::uint16_t default_port) {
    nginx_destination parts;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos)
            return std::nullopt;
        parts.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':'))
            return std::nullopt;
    } else {
        const std::size_t colon = std::min(text.rfind(':'), text.size());
        parts.host = text.substr(0, colon);
        port = text.substr(colon);
    }
    parts.has_port = !port.empty();
    parts.port = default_port;
    if (parts.has_port) {
        port.remove_prefix(1);
        const bool is_variable = find_nginx_variable(port).length > 0;
        const auto number = parse_port(port);
        if (!number && !is_variable)
            return std::nullopt;
        parts.port = number.value_or(0);
    }
    if (parts.host.empty())
        return std::nullopt;
    parts.variable = first_variable(text);
    return parts;
}

socket_address address_of(const nginx_destination& parts) {
    if (parts.is_unix)
        return unix_address{parts.host};
    return tcp_address{parts.host, parts.port};
}

std::optional<nginx_destination> parse_server(std::string_view text, std::uint16_t default_port) {
    if (text.starts_with(unix_prefix))
        return socket_of(text.substr(unix_prefix.size()));
    return parse_authority(text, default_port);
}

} // namespace

std::optional<nginx_destination> parse_http_destination(std::string_view text) {
    const auto found = take_scheme(text);
    if (!found)
        return std::nullopt;
    std::optional<nginx_destination> parts;
    if (text.starts_with(unix_prefix)) {
        parts = parse_unix_url(text);
    } else {
        const std::size_t end = authority_end(text);
        parts = parse_authority(text.substr(0, end), found->port);
        if (parts)
            parts->uri = text.substr(end);
    }
    if (parts)
        parts->is_secure = found->is_secure;
    return parts;
}

std::optional<nginx_destination> parse_stream_destination(std::string_view text) {
    return parse_server(text, 0);
}

nginx_groups::nginx_groups(const nginx_directive& context, bool is_partial)
    : is_partial_(is_partial) {
    const std::uint16_t default_port = context.name() == "http" ? http_port : 0;
    for (const nginx_directive& block : context.children) {
        if (!block.is_block || block.name() != "upstream")
            continue;
        group& made = groups_[lower_case(block.argument(0))];
        made.keep_alive = {default_keep_alive, std::nullopt, block.head()};
        for (const nginx_directive& entry : block.children) {
            if (entry.name().starts_with("balancer_by") || entry.name() == "include")
                made.open = quoted(entry.name()) + " chooses the server";
            if (entry.name() == "keepalive")
                made.kept = parse_nginx_count(entry.argument(0));
            const auto time = entry.name() == "keepalive_timeout"
                                  ? parse_nginx_time(entry.argument(0))
                                  : std::nullopt;
            if (time)
                made.keep_alive = {*time, entry.whole(), block.head()};
            if (entry.name() != "server")
                continue;
            const auto parts = parse_server(entry.argument(0), default_port);
            if (!parts)
                continue;
            nginx_group_server& server =
                made.servers.emplace_back(nginx_group_server{entry.whole(), address_of(*parts)});
            for (std::size_t i = 1; i < entry.arguments(); ++i) {
                const std::string_view word = entry.argument(i);
                server.is_down |= word == "down";
                if (word.starts_with("max_conns="))
                    server.most_connections = parse_nginx_count(word.substr(10)).value_or(0);
            }
        }
        if (made.servers.empty() && made.open.empty())
            made.open = "the group " + quoted(block.argument(0)) + " has no servers in this file";
    }
}

const nginx_groups::group* nginx_groups::find(const nginx_destination& of) const {
    if (of.is_unix || of.has_port)
        return nullptr;
    const auto found = groups_.find(lower_case(of.host));
    return found == groups_.end() ? nullptr : &found->second;
}

nginx_targets nginx_groups::targets(const nginx_destination& of) const {
    const group* const named = find(of);
    if (named == nullptr) {
        const bool may_be_group = is_partial_ && !of.is_unix && !of.has_port &&
                                  !ip_address::parse(of.host) &&
                                  !equals_ignoring_case(of.host, "localhost");
        if (may_be_group)
            return {{}, "the group " + quoted(of.host) + " may be in a file that was not read"};
        return {{address_of(of)}, ""};
    }
    nginx_targets all{{}, named->open};
    for (const nginx_group_server& each : named->servers)
        if (!each.is_down)
            all.addresses.push_back(each.address);
    return all;
}

std::optional<nginx_setting<milliseconds>>
nginx_groups::keep_alive(const nginx_destination& of, const nginx_version& version) const {
    const group* const named = find(of);
    if (named == nullptr || named->kept.value_or(version >= keeps_by_default ? 1 : 0) == 0)
        return std::nullopt;
    return named->keep_alive;
}

std::span<const nginx_group_server> nginx_groups::servers(const nginx_destination& of) const {
    const group* const named = find(of);
    return named == nullptr ? std::span<const nginx_group_server>{}
                            : std::span<const nginx_group_server>(named->servers);
}

} // namespace pulsegate
