// Networks of edge servers: Cloudflare, Fastly, Fly, Heroku.
#include "alignment/presets.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

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

constexpr std::array rows{
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
};

} // namespace

std::span<const preset> presets_of_edges() {
    return rows;
}

} // namespace pulsegate
