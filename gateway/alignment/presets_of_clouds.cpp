// Load balancers and the like of AWS, Google Cloud and Azure.
#include "alignment/presets.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

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

constexpr std::array rows{
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
};

} // namespace

std::span<const preset> presets_of_clouds() {
    return rows;
}

} // namespace pulsegate
