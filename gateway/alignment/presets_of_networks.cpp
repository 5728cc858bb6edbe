// What forwards packets and forgets connections, and what stands behind the gateway.
#include "alignment/presets.hpp"

#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using enum limit_kind;
using enum idle_reset;
using enum confidence;

constexpr std::array linux_conntrack{
    preset_limit{idle, 432'000s, any, "nf_conntrack_tcp_timeout_established",
                 "net.netfilter.nf_conntrack_tcp_timeout_established = {}", reported,
                 "figures of third parties"},
};
constexpr std::array carrier_nat{
    preset_limit{idle, 255s, any, "", "", reported, "SIGCOMM 2011, a study of 73 carriers"},
};

constexpr std::array rows{
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

std::span<const preset> presets_of_networks() {
    return rows;
}

} // namespace pulsegate
