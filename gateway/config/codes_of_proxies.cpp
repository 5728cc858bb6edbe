// PG150 and PG151: how the proxies in front are described.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{
        code::unclear_proxy, "PG150", severity::error, "a proxy described twice, or not",
        "Each entry of `proxies` is one of: a `preset`, an `nginx` or `haproxy` configuration to\n"
        "read, or figures alone. Figures beside a preset replace the preset's; beside a\n"
        "file they would contradict what the file says.",
        "proxies:\n  - preset: cloudflare\n  - name: office proxy\n",
        "proxies:\n  - preset: cloudflare\n  - name: office proxy\n    idle: 5m\n",
        "gateway.yaml, the documented default"},
    code_row{code::repeated_proxy, "PG151", severity::error, "two proxies of one name",
             "Reports and the metric pulsegate_alignment_margin_seconds tell proxies apart by\n"
             "their names.",
             "proxies:\n  - { name: edge, idle: 60s }\n  - { name: edge, idle: 5m }\n",
             "proxies:\n  - { name: edge, idle: 60s }\n  - { name: office, idle: 5m }\n",
             "gateway.yaml, the documented default"},
};

} // namespace

std::span<const code_row> proxy_codes() {
    return rows;
}

} // namespace pulsegate
