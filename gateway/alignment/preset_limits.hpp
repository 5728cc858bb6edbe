// The limits of each preset, which presets.cpp puts into its table: constants, each with who says
// so.
#pragma once

#include "alignment/presets.hpp"

#include <array>

namespace pulsegate::preset_limits {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

// Proxies that people install themselves.

inline constexpr std::array nginx{
    preset_limit{idle, 60s, any, "proxy_read_timeout", "proxy_read_timeout {}s;", source_code,
                 "ngx_http_upstream.c, ngx_http_upstream_process_upgraded"},
    preset_limit{reload,
                 {},
                 any,
                 "worker_shutdown_timeout",
                 "worker_shutdown_timeout {}s;",
                 documented,
                 "ngx_core_module"},
    preset_limit{silence, 60s, any, "proxy_read_timeout", "proxy_read_timeout {}s;", documented,
                 "ngx_http_proxy_module"},
    preset_limit{keep_alive, 60s, any, "keepalive_timeout of the upstream",
                 "keepalive_timeout {}s;", documented, "ngx_http_upstream_module"},
};
inline constexpr std::array nginx_stream{
    preset_limit{idle, 10min, any, "proxy_timeout", "proxy_timeout {}s;", documented,
                 "ngx_stream_proxy_module"},
    preset_limit{reload,
                 {},
                 any,
                 "worker_shutdown_timeout",
                 "worker_shutdown_timeout {}s;",
                 documented,
                 "ngx_core_module"},
    preset_limit{silence, 10min, any, "proxy_timeout", "proxy_timeout {}s;", documented,
                 "ngx_stream_proxy_module"},
};
inline constexpr std::array haproxy{
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
    preset_limit{silence,
                 {},
                 any,
                 "timeout server",
                 "timeout server {}s",
                 documented,
                 "configuration.txt, timeout server"},
    preset_limit{keep_alive, 5s, any, "pool-purge-delay", "pool-purge-delay {}s", documented,
                 "configuration.txt, pool-purge-delay"},
};
inline constexpr std::array envoy{
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
    preset_limit{silence, 5min, any, "stream_idle_timeout", "stream_idle_timeout: {}s", documented,
                 "the FAQ on timeouts"},
    preset_limit{total, 15s, any, "timeout of the route", "timeout: {}s", documented,
                 "the FAQ on timeouts"},
    preset_limit{total,
                 {},
                 any,
                 "max_stream_duration",
                 "max_stream_duration: {}s",
                 documented,
                 "the FAQ on timeouts"},
    preset_limit{keep_alive, 1h, any, "idle_timeout of the cluster", "idle_timeout: {}s",
                 documented, "HTTP protocol options"},
};
inline constexpr std::array traefik{
    preset_limit{idle,
                 {},
                 any,
                 "readTimeout of the ServersTransport",
                 "readTimeout: {}s",
                 reported,
                 "traefik issues 10627, 12716 and 13747"},
    preset_limit{silence,
                 {},
                 any,
                 "readTimeout of the ServersTransport",
                 "readTimeout: {}s",
                 reported,
                 "traefik issue 12716"},
    preset_limit{keep_alive, 90s, any, "idleConnTimeout of the ServersTransport",
                 "idleConnTimeout: {}s", documented, "Traefik, ServersTransport"},
};
inline constexpr std::array caddy{
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
    preset_limit{silence,
                 {},
                 any,
                 "read_timeout",
                 "read_timeout {}s",
                 documented,
                 "the reverse_proxy directive"},
    preset_limit{keep_alive, 2min, any, "keepalive", "keepalive {}s", documented,
                 "the reverse_proxy directive"},
};
inline constexpr std::array apache{
    preset_limit{idle, 60s, any, "ProxyTimeout", "ProxyTimeout {}", source_code,
                 "modules/proxy/mod_proxy_http.c"},
    preset_limit{silence, 60s, any, "ProxyTimeout", "ProxyTimeout {}", source_code,
                 "modules/proxy/mod_proxy_http.c"},
    preset_limit{
        keep_alive, {}, any, "ttl of the worker", "ttl={}", documented, "mod_proxy, ProxyPass"},
};
inline constexpr std::array varnish{
    preset_limit{idle, 60s, any, "pipe_timeout", "-p pipe_timeout={}", source_code,
                 "include/tbl/params.h"},
    preset_limit{silence, 60s, any, "between_bytes_timeout", "-p between_bytes_timeout={}",
                 source_code, "include/tbl/params.h"},
    preset_limit{first_byte, 60s, any, "first_byte_timeout", "-p first_byte_timeout={}",
                 source_code, "include/tbl/params.h"},
    preset_limit{keep_alive, 60s, any, "backend_idle_timeout", "-p backend_idle_timeout={}",
                 source_code, "include/tbl/params.h"},
};

// Proxies that a cluster or a gateway for APIs brings along.

inline constexpr std::array ingress_nginx{
    preset_limit{idle, 60s, any, "proxy-read-timeout",
                 "nginx.ingress.kubernetes.io/proxy-read-timeout: \"{}\"", documented,
                 "ingress-nginx, annotations"},
    preset_limit{reload, 240s, any, "worker-shutdown-timeout", "worker-shutdown-timeout: \"{}s\"",
                 documented, "ingress-nginx, ConfigMap"},
    preset_limit{silence, 60s, any, "proxy-read-timeout",
                 "nginx.ingress.kubernetes.io/proxy-read-timeout: \"{}\"", documented,
                 "ingress-nginx, annotations"},
    preset_limit{keep_alive, 60s, any, "upstream-keepalive-timeout",
                 "upstream-keepalive-timeout: \"{}\"", documented, "ingress-nginx, ConfigMap"},
};
// Kong counts in milliseconds.
inline constexpr std::array kong{
    preset_limit{idle, 60s, any, "read_timeout of the service", "read_timeout: {}000", source_code,
                 "kong/db/schema/entities/services.lua"},
    preset_limit{silence, 60s, any, "read_timeout of the service", "read_timeout: {}000",
                 source_code, "kong/db/schema/entities/services.lua"},
    preset_limit{keep_alive, 60s, any, "upstream_keepalive_idle_timeout",
                 "upstream_keepalive_idle_timeout = {}", documented,
                 "Kong, configuration reference"},
};
inline constexpr std::array apisix{
    preset_limit{idle, 60s, any, "timeout.read of the upstream", "\"read\": {}", reported,
                 "apisix issue 7478"},
    preset_limit{silence, 60s, any, "timeout.read of the upstream", "\"read\": {}", reported,
                 "apisix issue 7478"},
    preset_limit{keep_alive, 60s, any, "keepalive_pool.idle_timeout", "\"idle_timeout\": {}",
                 documented, "APISIX, Upstream"},
};

// Networks of edge servers: Cloudflare, Fastly, Fly, Heroku.

inline constexpr std::array fastly{
    preset_limit{silence, 10s, any, "between_bytes_timeout",
                 "set bereq.between_bytes_timeout = {}s;", reported, "figures of third parties"},
    preset_limit{first_byte, 15s, any, "first_byte_timeout", "set bereq.first_byte_timeout = {}s;",
                 documented, "Fastly, bereq.first_byte_timeout"},
};
inline constexpr std::array cloudflare{
    preset_limit{idle, 100s, any, "", "", assumed, "a community answer; nothing is documented"},
    preset_limit{silence, 125s, any, "", "", documented, "Cloudflare, connection limits"},
    preset_limit{keep_alive, 900s, any, "", "", documented, "Cloudflare, connection limits"},
};
inline constexpr std::array cloudflare_tunnel{
    preset_limit{idle, 125'900ms, any, "", "", reported, "measured once; the limit is the edge's"},
    preset_limit{silence, 125s, any, "", "", documented,
                 "Cloudflare, connection limits; the limit is the edge's"},
    preset_limit{keep_alive, 90s, any, "keepAliveTimeout", "keepAliveTimeout: {}s", documented,
                 "Cloudflare Tunnel, origin parameters"},
};
inline constexpr std::array cloudflare_gateway{
    preset_limit{idle, 270s, any, "", "", reported, "cloudflare-docs issue 3405"},
};
inline constexpr std::array heroku{
    preset_limit{idle, 55s, any, "", "", documented, "Heroku, HTTP routing"},
    preset_limit{silence, 55s, any, "", "", documented, "Heroku, HTTP routing"},
    preset_limit{first_byte, 30s, any, "", "", documented, "Heroku, HTTP routing"},
};

// Load balancers and the like of AWS, Google Cloud and Azure.

inline constexpr std::array aws_alb{
    preset_limit{idle, 60s, any, "idle_timeout.timeout_seconds",
                 "--attributes Key=idle_timeout.timeout_seconds,Value={}", documented,
                 "AWS, load balancer attributes"},
    preset_limit{silence, 60s, any, "idle_timeout.timeout_seconds",
                 "--attributes Key=idle_timeout.timeout_seconds,Value={}", documented,
                 "AWS, load balancer attributes"},
    preset_limit{keep_alive, 60s, any, "idle_timeout.timeout_seconds",
                 "--attributes Key=idle_timeout.timeout_seconds,Value={}", documented,
                 "AWS, load balancer attributes"},
};
inline constexpr std::array aws_nlb{
    preset_limit{idle, 350s, any, "tcp.idle_timeout.seconds",
                 "--attributes Key=tcp.idle_timeout.seconds,Value={}", reported,
                 "figures of third parties"},
    preset_limit{silence, 350s, any, "tcp.idle_timeout.seconds",
                 "--attributes Key=tcp.idle_timeout.seconds,Value={}", reported,
                 "figures of third parties"},
};
inline constexpr std::array aws_cloudfront{
    preset_limit{idle, 10min, to_client, "", "", documented, "AWS, CloudFront quotas"},
    preset_limit{silence, 30s, any, "OriginReadTimeout", "OriginReadTimeout: {}", documented,
                 "AWS, CloudFront API reference"},
    preset_limit{total,
                 {},
                 any,
                 "ResponseCompletionTimeout",
                 "ResponseCompletionTimeout: {}",
                 documented,
                 "AWS, CloudFront API reference"},
    preset_limit{keep_alive, 5s, any, "OriginKeepaliveTimeout", "OriginKeepaliveTimeout: {}",
                 documented, "AWS, CloudFront API reference"},
};
inline constexpr std::array aws_api_gateway{
    preset_limit{idle, 10min, any, "", "", documented, "AWS, API Gateway quotas"},
    preset_limit{life, 2h, any, "", "", documented, "AWS, API Gateway quotas"},
};
inline constexpr std::array aws_app_runner{
    preset_limit{total, 120s, any, "", "", reported, "gradio issue 9999"},
};
inline constexpr std::array gcp_classic_alb{
    preset_limit{life, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "quotations of Google, request distribution"},
    preset_limit{total, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "quotations of Google, request distribution"},
    preset_limit{keep_alive, 600s, any, "", "", documented, "Google Cloud, request distribution"},
};
inline constexpr std::array gcp_global_alb{
    preset_limit{idle, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "figures of third parties"},
    preset_limit{life, 24h, any, "", "", reported, "figures of third parties"},
    preset_limit{total, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "quotations of Google, request distribution"},
    preset_limit{keep_alive, 600s, any, "", "", documented, "Google Cloud, request distribution"},
};
inline constexpr std::array azure_front_door{
    preset_limit{idle, 5min, any, "", "", documented, "Azure, Front Door and WebSocket"},
    preset_limit{life, 4h, any, "", "", documented, "Azure, Front Door and WebSocket"},
};
inline constexpr std::array azure_application_gateway{
    preset_limit{reload, 30s, any, "connection draining", "", documented,
                 "Azure, Application Gateway HTTP settings"},
};
inline constexpr std::array azure_four_minutes{
    preset_limit{idle, 4min, any, "", "", reported, "figures of third parties, about 4 min"},
    preset_limit{silence, 4min, any, "", "", reported, "figures of third parties, about 4 min"},
};

// What forwards packets and forgets connections, and what stands behind the gateway.

inline constexpr std::array linux_conntrack{
    preset_limit{idle, 432'000s, any, "nf_conntrack_tcp_timeout_established",
                 "net.netfilter.nf_conntrack_tcp_timeout_established = {}", reported,
                 "figures of third parties"},
    preset_limit{silence, 432'000s, any, "nf_conntrack_tcp_timeout_established",
                 "net.netfilter.nf_conntrack_tcp_timeout_established = {}", reported,
                 "figures of third parties"},
};
inline constexpr std::array carrier_nat{
    preset_limit{idle, 255s, any, "", "", reported, "SIGCOMM 2011, a study of 73 carriers"},
    preset_limit{silence, 255s, any, "", "", reported, "SIGCOMM 2011, a study of 73 carriers"},
};

} // namespace pulsegate::preset_limits
