// PG351, PG353: who gives an idle connection up first. Whoever opened it has to: a request that is
// sent while the other side closes is lost, and gets 502.
#include "alignment/codes.hpp"
#include "alignment/rules/rules.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"

#include <algorithm>
#include <chrono>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds longest_client_idle = 24h; // that gateway.yaml takes
constexpr milliseconds usual_app_idle = 5s;       // of uvicorn and Node

/// The next value above that people would write.
std::string longer_client_idle(const limit& kept) {
    const milliseconds enough = round_up(kept.value + 5s);
    return enough <= longest_client_idle ? "set `http.client_idle: " + format_duration(enough) + '`'
                                         : "";
}

void check_kept(const hop& of, const limit& kept, const load_result& loaded, findings& out) {
    const milliseconds ours = loaded.values.http.client_idle;
    if (kept.value < ours)
        return;
    diagnostic what{hop_code::keep_alive_order,
                    of.name + " may use a connection that the gateway closes after " +
                        format_duration(ours),
                    {kept.where, describe(kept)},
                    {},
                    longer_client_idle(kept)};
    if (const auto set = loaded.origins.find("http.client_idle"); set != loaded.origins.end())
        what.others.push_back({set->second.value, "the gateway keeps it for this long"});
    const std::string shortened =
        ours > 6s ? raise_text(of, kept, std::min<milliseconds>(60s, ours - 5s)) : "";
    what.help += (what.help.empty() || shortened.empty() ? "" : ", or ") + shortened;
    out.push_back(std::move(what));
}

void check_app_idle(const load_result& loaded, findings& out) {
    const auto set = loaded.origins.find("http.app_idle");
    if (set == loaded.origins.end() || loaded.values.http.app_idle < usual_app_idle)
        return;
    out.push_back({hop_code::app_keep_alive,
                   "the gateway may use a connection that an application is closing",
                   {set->second.value, "uvicorn and Node close an idle connection after " +
                                           format_duration(usual_app_idle) + " by default"},
                   {},
                   "set `http.app_idle: 4s`, unless your applications keep theirs longer"});
}

} // namespace

void check_keep_alive(const rule_input& in, findings& out) {
    const auto passes_http = [](const route_heartbeat& each) { return each.passes_http; };
    if (std::none_of(in.heartbeats.begin(), in.heartbeats.end(), passes_http))
        return;
    // Only the innermost proxy has connections to the gateway.
    if (!in.proxies.hops.empty())
        for (const shared_limit& shared :
             shared_limits(in.proxies.hops.back(), limit_kind::keep_alive, in.heartbeats))
            if (!shared.heartbeats.empty())
                check_kept(in.proxies.hops.back(), *shared.which, in.loaded, out);
    check_app_idle(in.loaded, out);
}

} // namespace pulsegate
