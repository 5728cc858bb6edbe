#include "alignment/deployment/wording.hpp"

#include "alignment/deployment/stop.hpp"
#include "base/duration.hpp"

namespace pulsegate {

void explain_drain(diagnostic& what, const load_result& loaded) {
    const std::string text = "a drain takes up to " + format_duration(longest_drain(loaded.values));
    const auto set = loaded.origins.find("drain.window");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, text + ": this, and 5s for the last goodbyes"});
    else
        what.primary.text += "; " + text + " by default";
}

} // namespace pulsegate
