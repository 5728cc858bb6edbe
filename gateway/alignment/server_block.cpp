#include "alignment/server_block.hpp"

#include "alignment/route_heartbeat.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "client/address_header.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace pulsegate {
namespace {

constexpr milliseconds usual_timeout{60'000}; // Nginx's own default

std::string in_seconds(milliseconds value) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(value).count()) + 's';
}

/// The silence that Nginx has to bear: of a healthy connection with its slack, and of a dead one
/// until it is evicted.
milliseconds read_timeout(const configuration& values) {
    milliseconds least{0};
    for (const route& each : values.routes) {
        const quiet_times worst = quiet_times_of(each.heartbeat);
        least = std::max({least, worst.from_client + wanted_slack,
                          worst.eviction_end + std::chrono::seconds(1)});
    }
    return std::max(usual_timeout, round_up(least));
}

/// As one word of nginx.conf, whatever characters it has.
std::string as_word(const std::string& text) {
    if (text.find_first_of(" \t\r\n;{}#\"'\\") == std::string::npos)
        return text;
    std::string word = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            word += '\\';
        word += c;
    }
    return word + '"';
}

/// A wildcard is an address to listen on, not to connect to.
std::string server_of(const socket_address& listener) {
    const auto* const tcp = std::get_if<tcp_address>(&listener);
    if (tcp == nullptr)
        return as_word(to_string(listener));
    if (tcp->host == "0.0.0.0")
        return to_string(tcp_address{"127.0.0.1", tcp->port});
    if (tcp->host == "::")
        return to_string(tcp_address{"::1", tcp->port});
    return to_string(listener);
}

/// The proxies further out know the client, if there are any; else this Nginx does.
std::string address_header(const configuration& values) {
    const std::string& name = values.client_ip_header;
    if (name == "X-Forwarded-For")
        return {};
    const bool is_outermost =
        values.proxies.empty() || !values.proxies.front().nginx_config.empty();
    const bool is_forwarded = address_header_form_of(name) == address_header_form::forwarded;
    const std::string value = is_forwarded ? "\"for=$remote_addr;proto=$scheme\"" : "$remote_addr";
    return is_outermost ? "        proxy_set_header " + name + ' ' + value + ";\n" : "";
}

/// The application behind all routes, if Nginx has to hand it the pages, since the gateway refuses
/// them, and can.
std::optional<tcp_address> app_of_pages(const configuration& values) {
    std::optional<tcp_address> app;
    for (const route& each : values.routes) {
        const auto* const to = std::get_if<websocket_upstream>(&each.to);
        if (to == nullptr || each.http == http_mode::pass || to->is_secure || !to->path.empty() ||
            (app && *app != to->address))
            return std::nullopt;
        app = to->address;
    }
    // With `https://` in front of both, the application would have to speak TLS as well.
    return values.listeners.front().tls.is_on() ? std::nullopt : app;
}

/// What the `proxy_pass` needs outside of the server. Pages go to the application, if there is one,
/// and what asks for another protocol, such as `h2c`, asks in vain.
std::string outside_server(const configuration& values, const std::string& server) {
    const auto app = app_of_pages(values);
    std::string text = "map $http_upgrade $pulsegate_connection {\n";
    if (!app)
        text += "    default upgrade;\n"
                "    ''      '';\n" // a connection to the gateway is kept
                "}\n\n";
    else
        text += "    default        close;\n"
                "    ~*^websocket$  upgrade;\n"
                "}\n\n"
                "map $http_upgrade $pulsegate_upgrade {\n"
                "    default        '';\n"
                "    ~*^websocket$  websocket;\n"
                "}\n\n"
                "# WebSockets to the gateway, pages past it.\n"
                "map $http_upgrade $pulsegate_backend {\n"
                "    default        pulsegate_app;\n"
                "    ~*^websocket$  pulsegate;\n"
                "}\n\n"
                "upstream pulsegate_app {\n"
                "    server " +
                to_string(*app) +
                ";\n"
                "}\n\n";
    return text +
           "upstream pulsegate {\n"
           "    server " +
           server + ";\n" + (app ? "" : "    keepalive 32;\n") + "}\n\n";
}

std::string fragment(const configuration& values, const std::string& server) {
    const bool is_split = app_of_pages(values).has_value();
    const bool is_tls = values.listeners.front().tls.is_on();
    const std::string wait = in_seconds(read_timeout(values));
    const std::string stall = in_seconds(
        std::max(usual_timeout, round_up(values.limits.write_stall + std::chrono::seconds(10))));
    return outside_server(values, server) +
           "server {\n"
           "    listen 80;\n"
           "    server_name _;\n\n"
           "    location / {\n"
           "        proxy_pass " +
           (is_tls ? "https" : "http") +
           (is_split ? "://$pulsegate_backend;\n" : "://pulsegate;\n") +
           "        proxy_http_version 1.1;\n"
           "        proxy_set_header Upgrade " +
           (is_split ? "$pulsegate_upgrade" : "$http_upgrade") +
           ";\n"
           "        proxy_set_header Connection $pulsegate_connection;\n"
           "        proxy_set_header Host $http_host;\n"
           "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
           "        proxy_set_header X-Forwarded-Proto $scheme;\n" +
           address_header(values) + "        proxy_read_timeout " + wait +
           ";\n"
           "        proxy_send_timeout " +
           stall +
           ";\n"
           "        send_timeout " +
           stall +
           ";\n"
           "        proxy_buffering off;\n"
           "    }\n"
           "}\n";
}

std::string indented(const std::string& text) {
    std::string out;
    bool is_line_start = true;
    for (const char c : text) {
        if (is_line_start && c != '\n')
            out += "    ";
        out += c;
        is_line_start = c == '\n';
    }
    return out;
}

/// A WebSocket takes two connections and two descriptors of its worker; with one worker the numbers
/// hold on every machine.
std::string complete(const configuration& values, const std::string& server) {
    const std::uint64_t needed = 2 * values.limits.connections + 16; // and what listens
    return "worker_processes 1;\n"
           "worker_rlimit_nofile " +
           std::to_string(needed + 64) +
           ";\n\n"
           "events {\n"
           "    worker_connections " +
           std::to_string(needed) +
           ";\n"
           "}\n\n"
           "http {\n" +
           indented(fragment(values, server)) + "}\n";
}

} // namespace

parsed<std::string> nginx_server_block(const configuration& values, server_block_form form) {
    const socket_address& listener = values.listeners.front().address;
    const auto* const tcp = std::get_if<tcp_address>(&listener);
    if (tcp != nullptr && tcp->port == 0)
        return parse_error{"the first listener has no port of its own: the kernel chooses one",
                           "give `listeners[0].address` a port, such as `127.0.0.1:8081`"};
    if (values.listeners.front().proxy_protocol == proxy_protocol_mode::require)
        return parse_error{"the first listener requires the PROXY protocol, which Nginx does not "
                           "send with `proxy_pass http://`",
                           "write `proxy_protocol: off` there; Nginx tells the client's address in "
                           "a header"};
    const std::string server = server_of(listener);
    return form == server_block_form::fragment ? fragment(values, server)
                                               : complete(values, server);
}

} // namespace pulsegate
