#include "alignment/presets.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

// Proxies that people install themselves.

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
    preset_limit{idle,
                 {},
                 any,
                 "readTimeout of the ServersTransport",
                 "readTimeout: {}s",
                 reported,
                 "traefik issues 10627, 12716 and 13747"},
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

// Proxies that a cluster or a gateway for APIs brings along.

constexpr std::array ingress_nginx{
    preset_limit{idle, 60s, any, "proxy-read-timeout",
                 "nginx.ingress.kubernetes.io/proxy-read-timeout: \"{}\"", documented,
                 "ingress-nginx, annotations"},
    preset_limit{reload, 240s, any, "worker-shutdown-timeout", "worker-shutdown-timeout: \"{}s\"",
                 documented, "ingress-nginx, ConfigMap"},
};
// Kong counts in milliseconds.
constexpr std::array kong{
    preset_limit{idle, 60s, any, "read_timeout of the service", "read_timeout: {}000", source_code,
                 "kong/db/schema/entities/services.lua"},
};
constexpr std::array apisix{
    preset_limit{idle, 60s, any, "timeout.read of the upstream", "\"read\": {}", reported,
                 "apisix issue 7478"},
};

// Networks of edge servers: Cloudflare, Fastly, Fly, Heroku.

constexpr std::array cloudflare{
    preset_limit{idle, 100s, any, "", "", assumed,
                 "a community answer; the documentation has no figure"},
};
constexpr std::array cloudflare_tunnel{
    preset_limit{idle, 125'900ms, any, "", "", reported, "measured once; the limit is the edge's"},
};
constexpr std::array cloudflare_gateway{
    preset_limit{idle, 270s, any, "", "", reported, "cloudflare-docs issue 3405"},
};
constexpr std::array heroku{
    preset_limit{idle, 55s, any, "", "", documented, "Heroku, HTTP routing"},
};

// Load balancers and the like of AWS, Google Cloud and Azure.

constexpr std::array aws_alb{
    preset_limit{idle, 60s, any, "idle_timeout.timeout_seconds",
                 "--attributes Key=idle_timeout.timeout_seconds,Value={}", documented,
                 "AWS, load balancer attributes"},
};
constexpr std::array aws_nlb{
    preset_limit{idle, 350s, any, "tcp.idle_timeout.seconds",
                 "--attributes Key=tcp.idle_timeout.seconds,Value={}", reported,
                 "figures of third parties"},
};
constexpr std::array aws_cloudfront{
    preset_limit{idle, 10min, to_client, "", "", documented, "AWS, CloudFront quotas"},
};
constexpr std::array aws_api_gateway{
    preset_limit{idle, 10min, any, "", "", documented, "AWS, API Gateway quotas"},
    preset_limit{life, 2h, any, "", "", documented, "AWS, API Gateway quotas"},
};
constexpr std::array gcp_classic_alb{
    preset_limit{life, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "quotations of Google's page on request distribution"},
};
constexpr std::array gcp_global_alb{
    preset_limit{idle, 30s, any, "timeoutSec of the backend service", "timeoutSec: {}", reported,
                 "figures of third parties"},
    preset_limit{life, 24h, any, "", "", reported, "figures of third parties"},
};
constexpr std::array azure_front_door{
    preset_limit{idle, 5min, any, "", "", documented, "Azure, Front Door and WebSocket"},
    preset_limit{life, 4h, any, "", "", documented, "Azure, Front Door and WebSocket"},
};
constexpr std::array azure_application_gateway{
    preset_limit{reload, 30s, any, "connection draining", "", documented,
                 "Azure, Application Gateway HTTP settings"},
};
constexpr std::array azure_four_minutes{
    preset_limit{idle, 4min, any, "", "", reported, "figures of third parties, about 4 min"},
};

// What forwards packets and forgets connections, and what stands behind the gateway.

constexpr std::array linux_conntrack{
    preset_limit{idle, 432'000s, any, "nf_conntrack_tcp_timeout_established",
                 "net.netfilter.nf_conntrack_tcp_timeout_established = {}", reported,
                 "figures of third parties"},
};
constexpr std::array carrier_nat{
    preset_limit{idle, 255s, any, "", "", reported, "SIGCOMM 2011, a study of 73 carriers"},
};

constexpr std::array preset_rows{
    // Proxies that people install themselves.
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
           "By default Traefik never cuts a dead client; only the gateway's eviction does. With "
           "FastProxy, versions before the correction of issue 13747 end WebSockets after the "
           "`readTimeout` or `writeTimeout` of their ServersTransport: give that as `idle`."},
    preset{
        "caddy", "Caddy", caddy,
        "A reload that changes its configuration ends every WebSocket, with a Close frame of code "
        "1001; `stream_close_delay`, since 2.7, puts that off."},
    preset{
        "apache", "Apache 2.4.47 and newer", apache,
        "The longer one holds of `Timeout` and of the worker's `timeout`, or `ProxyTimeout` where "
        "the worker has none."},
    preset{"varnish", "Varnish, in pipe mode", varnish, ""},

    // Proxies that a cluster or a gateway for APIs brings along.
    preset{"ingress-nginx", "ingress-nginx on Kubernetes", ingress_nginx,
           "Any change of an Ingress reloads it; the project has had no releases since March "
           "2026."},
    preset{"kong", "Kong", kong, "`write_timeout` ends only a write that does not proceed."},
    preset{"apisix", "APISIX", apisix,
           "Upstreams that its dashboard created may have a limit of 6 s instead."},

    // Networks of edge servers: Cloudflare, Fastly, Fly, Heroku.
    preset{"cloudflare", "Cloudflare, proxied", cloudflare,
           "Cloudflare may restart a server at any time, which ends its WebSockets; idle limits "
           "between 216 s and none within an hour have been measured."},
    preset{"cloudflare-tunnel", "Cloudflare Tunnel", cloudflare_tunnel, ""},
    preset{"cloudflare-gateway", "Cloudflare Gateway", cloudflare_gateway, ""},
    preset{"cloudflare-spectrum",
           "Cloudflare Spectrum",
           {},
           "Its idle limit is not documented: measure it."},
    preset{"fastly", "Fastly", {}, "Its idle limit is not documented: measure it."},
    preset{"fly", "Fly.io", {}, "Its idle limit is not documented: measure it."},
    preset{"heroku", "Heroku router", heroku, ""},

    // Load balancers and the like of AWS, Google Cloud and Azure.
    preset{"aws-alb", "AWS Application Load Balancer", aws_alb,
           "1 to 4000 s; a PING of HTTP/2 does not count."},
    preset{"aws-nlb", "AWS Network Load Balancer, TCP", aws_nlb,
           "60 to 6000 s; 350 s always on a TLS listener."},
    preset{"aws-cloudfront", "AWS CloudFront", aws_cloudfront,
           "What the client sends does not count."},
    preset{"aws-api-gateway", "AWS API Gateway, WebSocket", aws_api_gateway,
           "It is reported to close with 1001."},
    preset{"gcp-classic-alb", "Google Cloud classic Application Load Balancer, GKE Ingress",
           gcp_classic_alb, "Every connection ends after 30 s, quiet or not: raise `timeoutSec`."},
    preset{"gcp-global-alb", "Google Cloud global external Application Load Balancer",
           gcp_global_alb, ""},
    preset{"azure-front-door", "Azure Front Door", azure_front_door, ""},
    preset{"azure-application-gateway", "Azure Application Gateway", azure_application_gateway,
           "Its idle limit is the request timeout of the HTTP setting: give that as `idle`."},
    preset{"azure-app-service", "Azure App Service", azure_four_minutes, ""},
    preset{"azure-load-balancer", "Azure Load Balancer", azure_four_minutes, ""},

    // What forwards packets and forgets connections, and what stands behind the gateway.
    preset{"linux-conntrack", "Linux connection tracking", linux_conntrack,
           "Past the limit packets vanish without a reset; home routers use 600 to 7440 s."},
    preset{"carrier-nat", "the NAT of a mobile carrier", carrier_nat,
           "Past the limit packets vanish without a reset; 255 s was one carrier's, 4 of 73 cut "
           "within 5 min, and RFC 5382 asks for 2 h 4 min."},
    preset{"uvicorn",
           "uvicorn",
           {},
           "It pings the gateway every 20 s (`--ws-ping-interval`) and closes with 1011 if no pong "
           "comes within 20 s (`--ws-ping-timeout`); the gateway answers. Some of its back-ends "
           "ignored both until April 2026 (documented; uvicorn issues 2888, 2916).",
           false},
};

} // namespace

std::span<const preset> preset_table() {
    return preset_rows;
}

const preset* find_preset(std::string_view name) {
    for (const preset& each : preset_rows)
        if (each.name == name)
            return &each;
    return nullptr;
}

bool has_known_idle(const preset& which) {
    return std::any_of(which.limits.begin(), which.limits.end(),
                       [](const preset_limit& each) { return each.kind == limit_kind::idle; });
}

} // namespace pulsegate
