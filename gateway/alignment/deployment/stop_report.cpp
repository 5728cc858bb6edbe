#include "alignment/deployment/stop_report.hpp"

#include "base/duration.hpp"

#include <boost/json/object.hpp>

namespace pulsegate {

std::string render_stop_plans(const std::vector<stop_plan>& plans, milliseconds drain) {
    std::string out;
    for (const stop_plan& each : plans) {
        out += each.name + ": waits ";
        out += each.kill_after ? format_duration(*each.kill_after) + " after the order to stop"
                               : "for ever";
        if (each.is_extended && each.kill_after)
            out += ", longer if the gateway asks for it";
        if (each.before_signal.count() > 0)
            out += ", of which preStop takes " + format_duration(each.before_signal);
        out += "; a drain takes at most " + format_duration(drain) + '\n';
    }
    return out;
}

boost::json::array stop_plans_to_json(const std::vector<stop_plan>& plans, milliseconds drain) {
    boost::json::array out;
    for (const stop_plan& each : plans) {
        boost::json::object shown{{"name", each.name},
                                  {"kill_after_milliseconds", nullptr},
                                  {"before_signal_milliseconds", each.before_signal.count()},
                                  {"is_extended", each.is_extended},
                                  {"drain_milliseconds", drain.count()}};
        if (each.kill_after)
            shown["kill_after_milliseconds"] = each.kill_after->count();
        out.push_back(std::move(shown));
    }
    return out;
}

} // namespace pulsegate
