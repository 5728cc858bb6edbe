#include "alignment/deployment/stop.hpp"

#include "base/duration.hpp"
#include "session/lifecycle.hpp"

namespace pulsegate {

milliseconds longest_drain(const configuration& values) {
    return values.drain.window + lifecycle::longest_end;
}

void explain_drain(diagnostic& what, const load_result& loaded) {
    const std::string text = "a drain takes up to " + format_duration(longest_drain(loaded.values));
    const auto set = loaded.origins.find("drain.window");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, text + ": this, and 5s for the last goodbyes"});
    else
        what.primary.text += "; " + text + " by default";
}

} // namespace pulsegate
