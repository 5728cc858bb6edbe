// PG332 and PG333: what users of HAProxy should know, though nothing is cut.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"

namespace pulsegate {
namespace {

void check(const haproxy_reading& haproxy, findings& out) {
    for (const haproxy_remark& each : haproxy.remarks)
        out.push_back(
            {hop_code::haproxy_remark, "this line " + each.text, {each.where, ""}, {}, ""});
    for (const haproxy_passage& passage : haproxy.passages)
        if (!passage.has_client_fin)
            out.push_back({hop_code::haproxy_client_fin,
                           "a client that vanishes while closing is kept as long as a quiet one",
                           {passage.frontend_head, "has no `timeout client-fin`"},
                           {},
                           "add `timeout client-fin 30s` here"});
}

} // namespace

void check_haproxy(const rule_input& in, findings& out) {
    for (const chain_hop& each : in.proxies.hops)
        if (const auto* const haproxy = std::get_if<haproxy_reading>(&each.reading))
            check(*haproxy, out);
}

} // namespace pulsegate
