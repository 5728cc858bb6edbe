#include "alignment/rules/rules.hpp"

namespace pulsegate {

findings apply_rules(const rule_input& in) {
    findings out;
    for (const auto rule :
         {check_idle_limits, check_evictions, check_lifetimes, check_reload_limits, check_pace,
          check_upgrade, check_capacity, check_client_address, check_passages, check_proxy_headers,
          check_haproxy, check_proxy_tls})
        rule(in, out);
    return out;
}

} // namespace pulsegate
