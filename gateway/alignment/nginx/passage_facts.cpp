#include "alignment/nginx/passage_facts.hpp"

#include "alignment/nginx/header.hpp"
#include "alignment/nginx/sent.hpp"
#include "alignment/nginx/values.hpp"
#include "base/ascii_case.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>

namespace pulsegate {
namespace {

using protocols = nginx_passage::protocols;

/// As written, with one space for each gap between words.
std::string head_text(const nginx_directive& block) {
    std::string text;
    std::size_t end = 0; // of the word before
    for (const nginx_word& word : block.words) {
        if (!text.empty() && word.offset > end)
            text += ' ';
        end = word.offset + word.length;
        text += std::string_view(block.in->text()).substr(word.offset, word.length);
    }
    return text;
}

/// The path of a prefix or exact location; nothing for a regular expression or a name.
std::optional<std::string> prefix_of(const nginx_directive& location) {
    std::string_view first = location.argument(0);
    if (location.arguments() == 2) {
        if (first != "=" && first != "^~")
            return std::nullopt;
        return std::string(location.argument(1));
    }
    // The modifier may be joined to the path: `=/ws`.
    if (first.starts_with('~') || first.starts_with('@'))
        return std::nullopt;
    if (first.starts_with("="))
        first.remove_prefix(1);
    else if (first.starts_with("^~"))
        first.remove_prefix(2);
    return std::string(first);
}

bool is_final_rewrite(const nginx_directive& directive) {
    return directive.name() == "rewrite" && directive.argument(2) == "break";
}

/// True if a `rewrite … break` may have changed the path before `proxy_pass` takes it.
bool rewrites(const nginx_directive& location) {
    return std::any_of(
        location.children.begin(), location.children.end(), [](const nginx_directive& each) {
            return is_final_rewrite(each) ||
                   (each.name() == "if" &&
                    std::any_of(each.children.begin(), each.children.end(), is_final_rewrite));
        });
}

/// For users: `location ~ ^/ws`, `if ($x) in location /`, `server of stream`.
std::string nginx_title(const nginx_level& where) {
    const nginx_directive& block = where.block();
    if (where.is_condition())
        return head_text(block) + " in " + head_text(where.settings_block());
    if (block.name() == "server")
        return "server of stream";
    return head_text(block);
}

constexpr milliseconds default_read_timeout = std::chrono::seconds(60);
constexpr milliseconds default_stream_timeout = std::chrono::minutes(10);

/// Limits of connections by clients' addresses have such keys.
bool names_client(std::string_view key) {
    constexpr std::array<std::string_view, 4> names{"remote_addr", "forwarded_for",
                                                    "proxy_protocol", "real_ip"};
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view each) { return key.find(each) != key.npos; });
}

/// True if a directive such as `limit_conn_zone KEY zone=NAME:SIZE` makes the zone of this name.
bool makes_zone(const nginx_directive& each, std::string_view directive, std::string_view name) {
    constexpr std::string_view word = "zone=";
    std::string_view zone = each.argument(1);
    if (each.name() != directive || !zone.starts_with(word))
        return false;
    zone.remove_prefix(word.size());
    return zone.substr(0, zone.find(':')) == name;
}

/// The key of a zone of `limit_conn_zone`; empty if there is none.
std::string_view key_of_zone(const nginx_level& where, std::string_view zone) {
    for (const nginx_level* level = &where; level != nullptr; level = level->outer())
        for (const nginx_directive* const each : level->simple())
            if (makes_zone(*each, "limit_conn_zone", zone))
                return each->argument(0);
    return {};
}

/// The lines of this name that are in force: those of the nearest level that has any.
std::vector<const nginx_directive*> lines_in_force(const nginx_level& where,
                                                   std::string_view name) {
    std::vector<const nginx_directive*> found;
    for (const nginx_level* level = &where; level != nullptr && found.empty();
         level = level->outer())
        std::copy_if(level->simple().begin(), level->simple().end(), std::back_inserter(found),
                     [&](const nginx_directive* each) { return each->name() == name; });
    return found;
}

/// The first of these lines that has the word among its arguments, in any case.
const nginx_directive* line_with(const std::vector<const nginx_directive*>& lines,
                                 std::string_view word) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const nginx_directive* each) {
        for (std::size_t i = 0; i < each->arguments(); ++i)
            if (equals_ignoring_case(each->argument(i), word))
                return true;
        return false;
    });
    return found == lines.end() ? nullptr : *found;
}

nginx_streaming streaming_at(const nginx_level& where) {
    constexpr std::string_view header = "X-Accel-Buffering";
    nginx_streaming read;
    read.buffering = setting_in_force(where, "proxy_buffering", true, parse_nginx_flag);
    if (const auto* const deaf = line_with(lines_in_force(where, "proxy_ignore_headers"), header))
        read.deaf = deaf->whole();
    read.tells = line_with(lines_in_force(where, "proxy_pass_header"), header) != nullptr ||
                 line_with(lines_in_force(where, "add_header"), header) != nullptr;
    const auto types = lines_in_force(where, "gzip_types");
    const nginx_directive* compressed = line_with(types, "text/event-stream");
    if (compressed == nullptr)
        compressed = line_with(types, "*");
    if (compressed != nullptr && setting_in_force(where, "gzip", false, parse_nginx_flag).value)
        read.compressed = compressed->whole();
    return read;
}

constexpr std::uint64_t few_requests = 5; // that a client makes at once when it comes back
constexpr std::uint64_t slow_rate = 60;   // requests a minute

/// True if a zone of `limit_req_zone` admits fewer requests than that.
bool is_slow_zone(const nginx_level& where, std::string_view zone) {
    for (const nginx_level* level = &where; level != nullptr; level = level->outer())
        for (const nginx_directive* const each : level->simple()) {
            if (!makes_zone(*each, "limit_req_zone", zone))
                continue;
            std::string_view rate = each->argument(2);
            if (!rate.starts_with("rate=") || !rate.ends_with("r/m"))
                return false;
            rate.remove_prefix(5);
            rate.remove_suffix(3);
            return parse_nginx_count(rate).value_or(slow_rate) < slow_rate;
        }
    return false;
}

/// `limit_conn` is inherited by blocks that have none.
std::vector<nginx_cap> caps_at(const nginx_level& where) {
    std::vector<nginx_cap> caps;
    for (const nginx_level* level = &where; level != nullptr && caps.empty();
         level = level->outer())
        for (const nginx_directive* const each : level->simple()) {
            if (each->name() == "limit_conn_dry_run" && each->argument(0) == "on")
                return {};
            const auto most = parse_nginx_count(each->argument(1));
            if (each->name() == "limit_conn" && most)
                caps.push_back({each->whole(), *most,
                                names_client(key_of_zone(where, each->argument(0))), false});
        }
    return caps;
}

/// Handshakes that `limit_req` counts: fewer than one a second, with no more than a few in advance.
void add_rates(const nginx_level& where, std::vector<nginx_cap>& caps) {
    const std::size_t before = caps.size();
    for (const nginx_level* level = &where; level != nullptr && caps.size() == before;
         level = level->outer())
        for (const nginx_directive* const each : level->simple()) {
            if (each->name() == "limit_req_dry_run" && each->argument(0) == "on")
                return;
            if (each->name() != "limit_req")
                continue;
            std::string_view zone;
            std::uint64_t burst = 0;
            for (std::size_t i = 0; i < each->arguments(); ++i) {
                const std::string_view word = each->argument(i);
                if (word.starts_with("zone="))
                    zone = word.substr(5);
                if (word.starts_with("burst="))
                    burst = parse_nginx_count(word.substr(6)).value_or(0);
            }
            if (burst < few_requests && is_slow_zone(where, zone))
                caps.push_back({each->whole(), 0, true, false});
        }
}

void add_bind(const nginx_level& where, nginx_passage& to) {
    for (const nginx_level* level = &where; level != nullptr; level = level->outer())
        for (const nginx_directive* const each : level->simple())
            if (each->name() == "proxy_bind" && each->argument(0) != "off") {
                to.bind = each->whole();
                if (find_nginx_variable(each->argument(0)).length == 0)
                    to.bound_to = each->argument(0);
                return;
            }
}

nginx_passage passage_of(const nginx_level& where, protocols protocol) {
    nginx_passage passage;
    passage.protocol = protocol;
    passage.where = where.block().head();
    passage.title = nginx_title(where);
    add_bind(where, passage);
    passage.caps = caps_at(where);
    add_rates(where, passage.caps);
    passage.has_gaps = has_gaps(where);
    return passage;
}

} // namespace

std::optional<std::string> path_handed_on(const nginx_level& where, std::string_view uri) {
    const nginx_directive& location = where.settings_block();
    if (location.name() != "location" || rewrites(location))
        return std::nullopt;
    const nginx_variable first = find_nginx_variable(uri);
    if (uri.empty() || (first.length > 0 && first.offset == 0 && is_path_of_request(first)))
        return prefix_of(location);
    const std::size_t known = first.length > 0 ? first.offset : uri.size();
    const std::string_view path = uri.substr(0, std::min(known, uri.find('?')));
    return path.starts_with('/') ? std::optional(std::string(path)) : std::nullopt;
}

nginx_setting<std::string> http_version_at(const nginx_level& where, const nginx_version& version) {
    return setting_in_force(where, "proxy_http_version", std::string(default_http_version(version)),
                            [](std::string_view text) { return std::optional(std::string(text)); });
}

nginx_passage http_passage_at(const nginx_level& where, const nginx_variables& variables,
                              const nginx_version& version) {
    nginx_passage passage = passage_of(where, protocols::http);
    passage.read_timeout =
        setting_in_force(where, "proxy_read_timeout", default_read_timeout, parse_nginx_time);
    passage.http_version = http_version_at(where, version);
    passage.streaming = streaming_at(where);
    nginx_proxy_headers headers = read_proxy_headers(where, variables);
    passage.headers = std::move(headers.in_force);
    passage.lost_headers = std::move(headers.lost);
    return passage;
}

nginx_passage stream_passage_at(const nginx_level& where) {
    nginx_passage passage = passage_of(where, protocols::stream);
    passage.read_timeout =
        setting_in_force(where, "proxy_timeout", default_stream_timeout, parse_nginx_time);
    passage.proxy_protocol = setting_in_force(where, "proxy_protocol", false, parse_nginx_flag);
    if (setting_in_force(where, "proxy_ssl", false, parse_nginx_flag).value)
        passage.is_secure = true;
    return passage;
}

} // namespace pulsegate
