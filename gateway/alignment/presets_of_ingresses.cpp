// Proxies that a cluster or a gateway for APIs brings along.
#include "alignment/presets.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

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

constexpr std::array rows{
    preset{"ingress-nginx", "ingress-nginx on Kubernetes", ingress_nginx,
           "Any change of an Ingress reloads it; the project has had no releases since March "
           "2026."},
    preset{"kong", "Kong", kong, "`write_timeout` ends only a write that does not proceed."},
    preset{"apisix", "APISIX", apisix,
           "Upstreams that its dashboard created may have a limit of 6 s instead."},
};

} // namespace

std::span<const preset> presets_of_ingresses() {
    return rows;
}

} // namespace pulsegate
