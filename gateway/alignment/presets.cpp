#include "alignment/presets.hpp"

#include "alignment/preset_limits.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using namespace preset_limits;
using enum stream_passing;

constexpr std::array preset_rows{
    // Proxies that people install themselves.
    preset{"nginx", "Nginx, proxying HTTP", nginx,
           "`proxy_send_timeout` and `send_timeout` end only a write that does not proceed; Nginx "
           "counts the gateway's pings too, so it never cuts a dead client that is still pinged.",
           if_told},
    preset{"nginx-stream", "Nginx, proxying TCP", nginx_stream, "", at_once},
    preset{"haproxy", "HAProxy", haproxy,
           "Without `timeout tunnel`, `timeout client` and `timeout server` stay in force; without "
           "`timeout client-fin`, a client that vanishes while closing is kept as long as a quiet "
           "one.",
           at_once},
    preset{"envoy", "Envoy", envoy,
           "A route's `timeout` left in place ends WebSockets too: set it to `0s` on that route.",
           at_once},
    preset{"traefik", "Traefik", traefik,
           "By default Traefik never cuts a dead client; only the gateway's eviction does. With "
           "FastProxy, versions before the correction of issue 13747 end WebSockets after the "
           "`readTimeout` or `writeTimeout` of their ServersTransport: give that as `idle`.",
           at_once},
    preset{
        "caddy", "Caddy", caddy,
        "A reload that changes its configuration ends every WebSocket, with a Close frame of code "
        "1001; `stream_close_delay`, since 2.7, puts that off.",
        at_once},
    preset{
        "apache", "Apache 2.4.47 and newer", apache,
        "The longer one holds of `Timeout` and of the worker's `timeout`, or `ProxyTimeout` where "
        "the worker has none.",
        at_once},
    preset{"varnish", "Varnish, in pipe mode", varnish, "", at_once},

    // Proxies that a cluster or a gateway for APIs brings along.
    preset{"ingress-nginx", "ingress-nginx on Kubernetes", ingress_nginx,
           "Any change of an Ingress reloads it; the project has had no releases since March "
           "2026. Its `proxy-read-timeout` is a silence; the `timeouts.request` of a Gateway API "
           "route, which migrations put in its place, is a total: leave that out.",
           if_told},
    preset{"kong", "Kong", kong, "`write_timeout` ends only a write that does not proceed.",
           if_told},
    preset{"apisix", "APISIX", apisix,
           "Upstreams that its dashboard created may have a limit of 6 s instead.", if_told},

    // Networks of edge servers: Cloudflare, Fastly, Fly, Heroku.
    preset{"cloudflare", "Cloudflare, proxied", cloudflare,
           "Cloudflare may restart a server at any time, which ends its WebSockets; idle limits "
           "between 216 s and none within an hour have been measured.",
           at_once},
    preset{"cloudflare-tunnel", "Cloudflare Tunnel", cloudflare_tunnel, "", at_once},
    preset{"cloudflare-gateway", "Cloudflare Gateway", cloudflare_gateway, ""},
    preset{"cloudflare-spectrum",
           "Cloudflare Spectrum",
           {},
           "Its idle limit is not documented: measure it.",
           at_once},
    preset{"fastly", "Fastly", fastly, "Its idle limit is not documented: measure it."},
    preset{"fly", "Fly.io", {}, "Its idle limit is not documented: measure it."},
    preset{"heroku", "Heroku router", heroku, "", at_once},

    // Load balancers and the like of AWS, Google Cloud and Azure.
    preset{"aws-alb", "AWS Application Load Balancer", aws_alb,
           "1 to 4000 s; a PING of HTTP/2 does not count.", at_once},
    preset{"aws-nlb", "AWS Network Load Balancer, TCP", aws_nlb,
           "60 to 6000 s; 350 s always on a TLS listener.", at_once},
    preset{"aws-cloudfront", "AWS CloudFront", aws_cloudfront,
           "What the client sends does not count."},
    preset{"aws-api-gateway", "AWS API Gateway, WebSocket", aws_api_gateway,
           "It is reported to close with 1001."},
    preset{"aws-app-runner", "AWS App Runner", aws_app_runner, "It passes no WebSockets."},
    preset{"gcp-classic-alb", "Google Cloud classic Application Load Balancer, GKE Ingress",
           gcp_classic_alb, "Every connection ends after 30 s, quiet or not: raise `timeoutSec`.",
           at_once},
    preset{"gcp-global-alb", "Google Cloud global external Application Load Balancer",
           gcp_global_alb, "", at_once},
    preset{"azure-front-door", "Azure Front Door", azure_front_door, ""},
    preset{"azure-application-gateway", "Azure Application Gateway", azure_application_gateway,
           "Its idle limit is the request timeout of the HTTP setting: give that as `idle`."},
    preset{"azure-app-service", "Azure App Service", azure_four_minutes, ""},
    preset{"azure-load-balancer", "Azure Load Balancer", azure_four_minutes, "", at_once},

    // What forwards packets and forgets connections, and what stands behind the gateway.
    preset{"linux-conntrack", "Linux connection tracking", linux_conntrack,
           "Past the limit packets vanish without a reset; home routers use 600 to 7440 s.",
           at_once},
    preset{"carrier-nat", "the NAT of a mobile carrier", carrier_nat,
           "Past the limit packets vanish without a reset; 255 s was one carrier's, 4 of 73 cut "
           "within 5 min, and RFC 5382 asks for 2 h 4 min.",
           at_once},
    preset{"uvicorn",
           "uvicorn",
           {},
           "It pings the gateway every 20 s (`--ws-ping-interval`) and closes with 1011 if no pong "
           "comes within 20 s (`--ws-ping-timeout`); the gateway answers. Some of its back-ends "
           "ignored both until April 2026 (documented; uvicorn issues 2888, 2916).",
           unknown,
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
