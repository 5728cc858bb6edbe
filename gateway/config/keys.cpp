#include "config/keys.hpp"

#include "config/configuration.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum key_row::kinds;

constexpr std::uint64_t mebibyte = 1ull << 20;
constexpr std::uint64_t tebibyte = 1ull << 40;
constexpr std::uint64_t most_connections = 10'000'000;
constexpr std::uint64_t most_messages = 1'000'000'000;
constexpr std::uint64_t most_per_second = 1'000'000;
// The values of a header are joined to one, to which the gateway may add; Beast takes 64 KiB in
// one.
constexpr std::uint64_t most_header_bytes = 60 * 1024;
constexpr std::size_t longest_name = 256; // of a group; LOGIN_NAME_MAX of Linux

/// For `field`s: the part of a target that an expression names.
#define PULSEGATE_AT(expression)                                                                   \
    [](const target& t) -> auto& {                                                                 \
        return t.expression;                                                                       \
    }

/// What clients are told at an end: a section with a code and a text.
#define PULSEGATE_CLOSE(which)                                                                     \
    {.path = "close." #which, .kind = section},                                                    \
        {.path = "close." #which ".code",                                                          \
         .format = close_code(                                                                     \
             false,                                                                                \
             PULSEGATE_AT(close.to_client[static_cast<std::size_t>(close_reason::which)].code))},  \
    {                                                                                              \
        .path = "close." #which ".reason",                                                         \
        .format = close_text(                                                                      \
            PULSEGATE_AT(close.to_client[static_cast<std::size_t>(close_reason::which)].reason))   \
    }

const list_format listeners_list{
    [](const target& t) { t.all.listeners.clear(); },
    [](const target& t) {
        return target{
            t.all,        t.all.listeners.emplace_back(), t.route, t.heartbeat, t.close, t.proxy,
            t.certificate};
    },
    [](const target& t) {
        std::vector<target> items;
        for (listener_settings& each : t.all.listeners)
            items.push_back({t.all, each, t.route, t.heartbeat, t.close, t.proxy, t.certificate});
        return items;
    }};

const list_format certificates_list{
    [](const target& t) { t.listener.tls.others.clear(); },
    [](const target& t) {
        return target{t.all,
                      t.listener,
                      t.route,
                      t.heartbeat,
                      t.close,
                      t.proxy,
                      t.listener.tls.others.emplace_back()};
    },
    [](const target& t) {
        std::vector<target> items;
        for (certificate_files& each : t.listener.tls.others)
            items.push_back({t.all, t.listener, t.route, t.heartbeat, t.close, t.proxy, each});
        return items;
    },
    true};

const list_format routes_list{[](const target& t) { t.all.routes.clear(); },
                              [](const target& t) {
                                  route& added = t.all.routes.emplace_back();
                                  added.heartbeat = t.all.heartbeat;
                                  added.close = t.all.close;
                                  added.answer = t.all.http.answer;
                                  return target{t.all,           t.listener,  added,
                                                added.heartbeat, added.close, t.proxy,
                                                t.certificate};
                              },
                              [](const target& t) {
                                  std::vector<target> items;
                                  for (route& each : t.all.routes)
                                      items.push_back({t.all, t.listener, each, each.heartbeat,
                                                       each.close, t.proxy, t.certificate});
                                  return items;
                              }};

const list_format proxies_list{[](const target& t) { t.all.proxies.clear(); },
                               [](const target& t) {
                                   return target{t.all,        t.listener,
                                                 t.route,      t.heartbeat,
                                                 t.close,      t.all.proxies.emplace_back(),
                                                 t.certificate};
                               },
                               [](const target& t) {
                                   std::vector<target> items;
                                   for (proxy_settings& each : t.all.proxies)
                                       items.push_back({t.all, t.listener, t.route, t.heartbeat,
                                                        t.close, each, t.certificate});
                                   return items;
                               },
                               true};

const std::vector<key_row>& rows() {
    static const std::vector<key_row> table{
        {.path = "listeners", .kind = list, .list = listeners_list},
        {.path = "listeners[].address", .format = listener_address(), .is_required = true},
        {.path = "listeners[].mode", .format = file_mode(PULSEGATE_AT(listener.file.mode))},
        {.path = "listeners[].group",
         .format = text_between(1, longest_name, PULSEGATE_AT(listener.file.group))},
        {.path = "listeners[].proxy_protocol",
         .format = choice_of<proxy_protocol_mode>({"off", "accept", "require"},
                                                  PULSEGATE_AT(listener.proxy_protocol))},
        {.path = "listeners[].tls",
         .kind = section,
         .is_there = [](const target& t) { return t.listener.tls.is_on(); }},
        {.path = "listeners[].tls.certificate",
         .format = path_of_tls_file("fullchain.pem", PULSEGATE_AT(listener.tls.own.certificate)),
         .is_required = true},
        {.path = "listeners[].tls.private_key",
         .format = path_of_tls_file("private.key", PULSEGATE_AT(listener.tls.own.private_key)),
         .is_required = true},
        {.path = "listeners[].tls.other_certificates", .kind = list, .list = certificates_list},
        {.path = "listeners[].tls.other_certificates[].certificate",
         .format = path_of_tls_file("other.pem", PULSEGATE_AT(certificate.certificate)),
         .is_required = true},
        {.path = "listeners[].tls.other_certificates[].private_key",
         .format = path_of_tls_file("other.key", PULSEGATE_AT(certificate.private_key)),
         .is_required = true},
        {.path = "listeners[].tls.client_ca",
         .format = path_of_tls_file("", PULSEGATE_AT(listener.tls.client_ca))},
        {.path = "listeners[].tls.min_version",
         .format = choice_of<tls_version>({"1.2", "1.3"}, PULSEGATE_AT(listener.tls.min_version))},
        {.path = "listeners[].tls.kernel",
         .format = choice_of<bool>({"false", "true"}, PULSEGATE_AT(listener.tls.kernel))},
        {.path = "admin", .kind = section},
        {.path = "admin.address", .format = admin_address()},
        {.path = "admin.token_file",
         .format = path_of_tls_file("", PULSEGATE_AT(all.admin.token_file))},
        {.path = "workers", .format = worker_count()},
        {.path = "trusted_proxies", .format = address_blocks()},
        {.path = "client_ip_header", .format = header_name()},
        {.path = "via", .format = via_name()},
        {.path = "health", .kind = section},
        {.path = "health.path", .format = health_path()},
        {.path = "heartbeat", .kind = section},
        {.path = "heartbeat.interval",
         .format = duration_between(100ms, 1h, PULSEGATE_AT(heartbeat.interval))},
        {.path = "heartbeat.timeout",
         .format = duration_between(100ms, 24h, PULSEGATE_AT(heartbeat.timeout))},
        {.path = "heartbeat.method",
         .format = choice_of<heartbeat_method>({"ping", "text", "ping_then_text"},
                                               PULSEGATE_AT(heartbeat.method))},
        {.path = "heartbeat.app_pings",
         .format = choice_of<app_ping_rule>({"answer", "pass"}, PULSEGATE_AT(heartbeat.app_pings))},
        {.path = "heartbeat.text", .kind = section},
        {.path = "heartbeat.text.send",
         .format = text_between(1, 125, PULSEGATE_AT(heartbeat.text_send))},
        {.path = "heartbeat.text.expect",
         .format = text_between(1, 125, PULSEGATE_AT(heartbeat.text_expect))},
        {.path = "heartbeat.answer", .format = answers()},
        {.path = "heartbeat.close", .kind = section},
        {.path = "heartbeat.close.code",
         .format = close_code(true, PULSEGATE_AT(close.timeout.code))},
        {.path = "heartbeat.close.reason",
         .format = close_text(PULSEGATE_AT(close.timeout.reason))},
        {.path = "close", .kind = section},
        PULSEGATE_CLOSE(app_lost),
        PULSEGATE_CLOSE(app_timeout),
        PULSEGATE_CLOSE(app_protocol_error),
        PULSEGATE_CLOSE(slow_app),
        PULSEGATE_CLOSE(protocol_error),
        PULSEGATE_CLOSE(bad_utf8),
        PULSEGATE_CLOSE(too_big),
        PULSEGATE_CLOSE(rate_exceeded),
        PULSEGATE_CLOSE(admin),
        {.path = "proxies", .kind = list, .list = proxies_list},
        {.path = "proxies[].name", .format = text_between(1, 64, PULSEGATE_AT(proxy.name))},
        {.path = "proxies[].preset", .format = text_between(1, 64, PULSEGATE_AT(proxy.preset))},
        {.path = "proxies[].nginx",
         .kind = section,
         .is_there = [](const target& t) { return !t.proxy.nginx_config.empty(); }},
        {.path = "proxies[].nginx.config",
         .format = path_of_file(PULSEGATE_AT(proxy.nginx_config)),
         .is_required = true},
        {.path = "proxies[].nginx.version",
         .format = version_number(PULSEGATE_AT(proxy.nginx_version))},
        {.path = "proxies[].haproxy",
         .kind = section,
         .is_there = [](const target& t) { return !t.proxy.haproxy_config.empty(); }},
        {.path = "proxies[].haproxy.config",
         .format = path_of_file(PULSEGATE_AT(proxy.haproxy_config)),
         .is_required = true},
        {.path = "proxies[].idle", .format = duration_or_none(PULSEGATE_AT(proxy.idle))},
        {.path = "proxies[].resets", .format = reset_direction()},
        {.path = "proxies[].lifetime", .format = duration_or_none(PULSEGATE_AT(proxy.lifetime))},
        {.path = "proxies[].silence", .format = duration_or_none(PULSEGATE_AT(proxy.silence))},
        {.path = "proxies[].total", .format = duration_or_none(PULSEGATE_AT(proxy.total))},
        {.path = "proxies[].keep_alive",
         .format = duration_or_none(PULSEGATE_AT(proxy.keep_alive))},
        {.path = "alignment",
         .format = choice_of<alignment_mode>({"enforce", "warn"}, PULSEGATE_AT(all.alignment))},
        {.path = "routes", .kind = list, .list = routes_list, .is_read_last = true},
        {.path = "routes[].path", .format = route_path(), .is_required = true},
        {.path = "routes[].upstream", .format = route_upstream(), .is_required = true},
        {.path = "routes[].http",
         .format = choice_of<http_mode>({"pass", "refuse"}, PULSEGATE_AT(route.http))},
        {.path = "routes[].answer",
         .format = duration_between(100ms, 24h, PULSEGATE_AT(route.answer))},
        {.path = "routes[].tls", .kind = section},
        {.path = "routes[].tls.ca_file",
         .format = path_of_tls_file("", PULSEGATE_AT(route.tls.ca_file))},
        {.path = "routes[].tls.certificate",
         .format = path_of_tls_file("", PULSEGATE_AT(route.tls.own.certificate))},
        {.path = "routes[].tls.private_key",
         .format = path_of_tls_file("", PULSEGATE_AT(route.tls.own.private_key))},
        {.path = "routes[].tls.server_name",
         .format = text_between(1, 253, PULSEGATE_AT(route.tls.server_name))},
        {.path = "routes[].origins", .format = page_origins()},
        {.path = "routes[].heartbeat", .kind = section, .same_as = "heartbeat"},
        {.path = "routes[].close", .kind = section, .same_as = "close"},
        {.path = "routes[].drain", .kind = section},
        {.path = "routes[].drain.close", .kind = section, .same_as = "drain.close"},
        {.path = "routes[].rate", .kind = section},
        {.path = "routes[].rate.messages",
         .format = count_between(0, most_messages, PULSEGATE_AT(route.rate.messages))},
        {.path = "routes[].rate.bytes",
         .format = size_between(0, tebibyte, PULSEGATE_AT(route.rate.bytes))},
        {.path = "routes[].rate.action",
         .format = choice_of<rate_action>({"pause", "close"}, PULSEGATE_AT(route.rate.action))},
        {.path = "http", .kind = section},
        {.path = "http.answer",
         .format = duration_between(100ms, 24h, PULSEGATE_AT(all.http.answer))},
        {.path = "http.body", .format = duration_between(100ms, 1h, PULSEGATE_AT(all.http.body))},
        {.path = "http.client_idle",
         .format = duration_between(100ms, 24h, PULSEGATE_AT(all.http.client_idle))},
        {.path = "http.app_idle",
         .format = duration_between(0ms, 1h, PULSEGATE_AT(all.http.app_idle))},
        {.path = "http.app_connections",
         .format = count_between(1, 10'000, PULSEGATE_AT(all.http.app_connections))},
        {.path = "limits", .kind = section},
        {.path = "limits.connections",
         .format = count_between(1, most_connections, PULSEGATE_AT(all.limits.connections))},
        {.path = "limits.connections_per_client",
         .format =
             count_between(0, most_connections, PULSEGATE_AT(all.limits.connections_per_client))},
        {.path = "limits.requests_per_client",
         .format =
             count_between(0, most_connections, PULSEGATE_AT(all.limits.requests_per_client))},
        {.path = "limits.handshake",
         .format = duration_between(100ms, 5min, PULSEGATE_AT(all.limits.handshake))},
        {.path = "limits.newcomers",
         .format = count_between(1, most_connections, PULSEGATE_AT(all.limits.newcomers))},
        {.path = "limits.newcomers_per_client",
         .format =
             count_between(0, most_connections, PULSEGATE_AT(all.limits.newcomers_per_client))},
        {.path = "limits.handshake_rate",
         .format = count_between(0, most_per_second, PULSEGATE_AT(all.limits.handshake_rate))},
        {.path = "limits.handshake_rate_per_client",
         .format =
             count_between(0, most_per_second, PULSEGATE_AT(all.limits.handshake_rate_per_client))},
        {.path = "limits.header_bytes",
         .format = size_between(1024, most_header_bytes, PULSEGATE_AT(all.limits.header_bytes))},
        {.path = "limits.headers",
         .format = count_between(10, 10'000, PULSEGATE_AT(all.limits.headers))},
        {.path = "limits.message",
         .format = size_between(1, tebibyte, PULSEGATE_AT(all.limits.message_bytes))},
        {.path = "limits.write_stall",
         .format = duration_between(100ms, 1h, PULSEGATE_AT(all.limits.write_stall))},
        {.path = "limits.unsent_bytes",
         .format = size_between(4 * 1024, 1024 * mebibyte, PULSEGATE_AT(all.limits.unsent_bytes))},
        {.path = "limits.slowest_rate",
         .format = size_between(1024, 1024 * mebibyte, PULSEGATE_AT(all.limits.slowest_rate))},
        {.path = "limits.session_age",
         .format = duration_between(0ms, 10'000h, PULSEGATE_AT(all.limits.session_age))},
        {.path = "drain", .kind = section},
        {.path = "drain.window",
         .format = duration_between(0ms, 1h, PULSEGATE_AT(all.drain.window))},
        {.path = "drain.close", .kind = section},
        {.path = "drain.close.code", .format = close_code(false, PULSEGATE_AT(close.goodbye.code))},
        {.path = "drain.close.reason", .format = close_text(PULSEGATE_AT(close.goodbye.reason))},
        {.path = "log", .kind = section},
        {.path = "log.format",
         .format = choice_of<log::format>({"text", "json"}, PULSEGATE_AT(all.log.format))},
        {.path = "log.level",
         .format = choice_of<log::level>({"debug", "info", "warning", "error"},
                                         PULSEGATE_AT(all.log.level))},
    };
    return table;
}

#undef PULSEGATE_CLOSE
#undef PULSEGATE_AT

bool is_at(std::string_view path, std::string_view section, std::string_view name) {
    if (section.empty())
        return path == name;
    return path.size() == section.size() + 1 + name.size() && path.starts_with(section) &&
           path[section.size()] == '.' && path.ends_with(name);
}

} // namespace

std::string_view key_row::name() const {
    return path.substr(path.rfind('.') + 1);
}

std::string_view key_row::section() const {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? "" : path.substr(0, dot);
}

std::span<const key_row> key_table() {
    return rows();
}

const key_row* find_key(std::string_view section, std::string_view name) {
    for (const key_row& row : rows())
        if (is_at(row.path, section, name))
            return &row;
    return nullptr;
}

std::vector<std::string_view> names_in(std::string_view section) {
    std::vector<std::string_view> names;
    for (const key_row& row : rows())
        if (row.section() == section)
            names.push_back(row.name());
    return names;
}

} // namespace pulsegate
