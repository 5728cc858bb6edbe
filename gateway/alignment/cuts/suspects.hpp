// Whom a cut may be blamed on: the limits of the declared proxies, and those that such a proxy may
// have in truth although its file says otherwise. Values; made whenever the alignment changes.
#pragma once

#include "alignment/alignment.hpp"
#include "alignment/cuts/loss.hpp"
#include "alignment/cuts/numbered_route.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The label of what no declared proxy explains.
inline constexpr std::string_view undeclared_hop = "undeclared";

/// A limit whose cuts would look alike.
struct suspect {
    std::string hop;         // the proxy's name, or `undeclared_hop`
    std::string option = {}; // the proxy's own name for it: `proxy_read_timeout`; may be empty
    limit_kind kind = limit_kind::idle;
    idle_reset resets = idle_reset::any;
    milliseconds value{0};
    milliseconds tolerance{0};              // how far from it a cut may be
    std::vector<std::uint32_t> routes = {}; // that it concerns, by number, the lowest first
    bool is_from_file = false;              // of the proxy's own configuration
    std::string verdict = {}; // as it follows on `looks like `: `nginx proxy_read_timeout (declared
                              // 5m at site.conf:12)`
    std::string where = {};   // `site.conf:12`
    std::string help = {};    // text to paste

    /// True of all losses if nobody was declared whose routes would be known.
    [[nodiscard]] bool concerns(const loss& one) const;
};

/// Who may have ended all connections of a worker.
struct recycler {
    std::string hop = std::string(undeclared_hop);
    std::string option = {}; // the limit of its reload, if it has one
    std::string verdict = "a proxy in front that was reloaded or restarted";
    std::string where = {};
    std::string help = "find out which proxy was reloaded or restarted then";
};

struct suspects {
    std::vector<std::string> hops; // names of the declared proxies, outermost first
    std::vector<suspect> limits;   // in the order in which they explain a cluster
    recycler reload;               // the only declared proxy, or nobody in particular
};

/// \param values  the configuration that was aligned.
/// \param routes  that are counted.
[[nodiscard]] suspects suspects_of(const alignment& of, const configuration& values,
                                   std::span<const numbered_route> routes);

/// Adds what files said until now and do not say any more: a proxy that has not been reloaded goes
/// on with it.
void add_former(suspects& now, const suspects& before);

/// How exactly a proxy keeps to a limit of a file: Nginx may cut 0.3 s early.
inline constexpr milliseconds usual_tolerance{400};

/// The same of a figure that others have measured or rounded.
[[nodiscard]] constexpr milliseconds rough_tolerance(milliseconds value) {
    return usual_tolerance + value / 100;
}

/// The names of presets with such a limit by default.
[[nodiscard]] std::vector<std::string_view> presets_with(limit_kind kind, milliseconds value);

} // namespace pulsegate
