// Proxies that people install themselves.
#include "alignment/presets.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

constexpr std::array nginx{
    preset_limit{idle, 60s, any, "proxy_read_timeout", "proxy_read_timeout {}s;", source_code,
                 "ngx_http_upstream.c, ngx_http_upstream_process_upgraded"},
    preset_limit{reload,
                 {},
                 any,
                 "worker_shutdown_timeout",
                 "worker_shutdown_timeout {}s;",
                 documented,
                 "ngx_core_module"},
};
constexpr std::array nginx_stream{
    preset_limit{idle, 10min, any, "proxy_timeout", "proxy_timeout {}s;", documented,
                 "ngx_stream_proxy_module"},
    preset_limit{reload,
                 {},
                 any,
                 "worker_shutdown_timeout",
                 "worker_shutdown_timeout {}s;",
                 documented,
                 "ngx_core_module"},
};
constexpr std::array haproxy{
    preset_limit{idle,
                 {},
                 any,
                 "timeout tunnel",
                 "timeout tunnel {}s",
                 documented,
                 "configuration.txt, timeout tunnel"},
    preset_limit{reload,
                 {},
                 any,
                 "hard-stop-after",
                 "hard-stop-after {}s",
                 documented,
                 "configuration.txt, hard-stop-after"},
};
constexpr std::array envoy{
    preset_limit{idle, 5min, any, "stream_idle_timeout", "stream_idle_timeout: {}s", documented,
                 "the FAQ on timeouts"},
    preset_limit{life, 15s, any, "timeout of the route", "timeout: {}s", documented,
                 "the FAQ on timeouts; envoy issue 20062"},
    preset_limit{life,
                 {},
                 any,
                 "max_stream_duration",
                 "max_stream_duration: {}s",
                 documented,
                 "the FAQ on timeouts"},
};
constexpr std::array traefik{
    preset_limit{idle, {}, any, "", "", reported, "traefik issue 10627"},
};
constexpr std::array caddy{
    preset_limit{idle, {}, any, "", "", source_code, "modules/caddyhttp/reverseproxy/streaming.go"},
    preset_limit{life,
                 {},
                 any,
                 "stream_timeout",
                 "stream_timeout {}s",
                 documented,
                 "the reverse_proxy directive"},
    preset_limit{reload, 0s, any, "stream_close_delay", "stream_close_delay {}s", documented,
                 "the reverse_proxy directive"},
};
constexpr std::array apache{
    preset_limit{idle, 60s, any, "ProxyTimeout", "ProxyTimeout {}", source_code,
                 "modules/proxy/mod_proxy_http.c"},
};
constexpr std::array varnish{
    preset_limit{idle, 60s, any, "pipe_timeout", "-p pipe_timeout={}", source_code,
                 "include/tbl/params.h"},
};

constexpr std::array rows{
    preset{"nginx", "Nginx, proxying HTTP", nginx,
           "`proxy_send_timeout` and `send_timeout` end only a write that does not proceed; Nginx "
           "counts the gateway's pings too, so it never cuts a dead client that is still pinged."},
    preset{"nginx-stream", "Nginx, proxying TCP", nginx_stream, ""},
    preset{"haproxy", "HAProxy", haproxy,
           "Without `timeout tunnel`, `timeout client` and `timeout server` stay in force; without "
           "`timeout client-fin`, a client that vanishes while closing is kept as long as a quiet "
           "one."},
    preset{"envoy", "Envoy", envoy,
           "A route's `timeout` left in place ends WebSockets too: set it to `0s` on that route."},
    preset{"traefik", "Traefik", traefik,
           "Traefik never cuts a dead client; only the gateway's eviction does."},
    preset{
        "caddy", "Caddy", caddy,
        "A reload that changes its configuration ends every WebSocket, with a Close frame of code "
        "1001; `stream_close_delay`, since 2.7, puts that off."},
    preset{
        "apache", "Apache 2.4.47 and newer", apache,
        "The longer one holds of `Timeout` and of the worker's `timeout`, or `ProxyTimeout` where "
        "the worker has none."},
    preset{"varnish", "Varnish, in pipe mode", varnish, ""},
};

} // namespace

std::span<const preset> presets_of_proxies() {
    return rows;
}

} // namespace pulsegate
