// PG401 to PG404: a unit of systemd that ends the gateway before it has drained.
#include "alignment/deployment/stop.hpp"
#include "alignment/deployment/unit_service.hpp"
#include "alignment/deployment/unit_time.hpp"
#include "alignment/deployment/wording.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <boost/regex.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

/// What the gateway gets to say how long it needs, on a machine that is busy.
constexpr milliseconds time_to_speak = 1s;

/// Bytes of a command that are looked at: what a pattern costs grows with them.
constexpr std::size_t longest_command = 1'024;

/// The files of one unit, as systemd reads them one after another.
struct whole_unit {
    std::vector<unit_file> files;
    std::vector<const unit_setting*> settings;
    const unit_section* service = nullptr; // the first [Service]
};

whole_unit read_files(const std::vector<source>& files) {
    whole_unit out;
    for (const source& each : files)
        out.files.push_back(read_unit(each));
    for (const unit_file& each : out.files) {
        for (const unit_setting& setting : each.settings)
            out.settings.push_back(&setting);
        for (const unit_section& section : each.sections)
            if (section.name == "Service" && out.service == nullptr)
                out.service = &section;
    }
    return out;
}

bool names_gateway(const unit_setting* command) {
    return command->value.find("pulsegate") != std::string::npos;
}

/// `/bin/kill -TERM $MAINPID` and its like, which do not wait for the end. Not what reloads (1,
/// HUP) or only looks (0), and not a script: it may do anything.
bool is_stop_signal(const std::string& whole) {
    const std::string command = whole.substr(0, longest_command);
    const boost::regex stops(R"([-@:+!]*(?:/\S*/)?(?:kill|pkill|killall)\s)");
    const boost::regex harmless(R"(\s-(?:[01]|s\s*(?:SIG)?HUP|(?:SIG)?HUP)\b)");
    return boost::regex_search(command, stops, boost::match_continuous) &&
           !boost::regex_search(command, harmless);
}

/// In whole seconds, which need no unit.
std::string timeout_text(milliseconds least) {
    return "`TimeoutStopSec=" +
           std::to_string(std::chrono::ceil<std::chrono::seconds>(round_up(least)).count()) + "s`";
}

void check_ignored(const whole_unit& unit, const unit_service& service,
                   std::vector<diagnostic>& out) {
    for (const unit_setting* const each : service.ignored_values)
        out.push_back(
            {stop_code::unit_ignored,
             "systemd ignores this value of " + quoted(each->key),
             {each->where, quoted(each->value) + " is not a time span"},
             {},
             "write a number with a unit, such as `" + each->key + "=90s` or `1min 30s`"});
    for (const unit_file& file : unit.files)
        for (const span& each : file.lines_without_meaning)
            out.push_back({stop_code::unit_ignored,
                           "systemd ignores this line",
                           {each, "neither `[Section]` nor `Key=value`"},
                           {},
                           "write `Key=value`, or put a `#` in front of a comment"});
}

void check_timeout(const load_result& loaded, const unit_section& section,
                   const unit_service& service, std::vector<diagnostic>& out) {
    const milliseconds need = longest_drain(loaded.values);
    const milliseconds least = service.takes_notifications ? time_to_speak : need;
    if (service.never_kills() || service.stop_after >= least)
        return;
    const std::string kills =
        "kills the gateway " + format_duration(service.stop_after) + " after it was told to stop";
    const bool is_set = service.stop_timeout != nullptr;
    diagnostic what{stop_code::unit_kill,
                    "systemd kills the gateway before it has drained",
                    {is_set ? service.stop_timeout->where : section.where,
                     is_set ? kills : "has no `TimeoutStopSec=`: by default systemd " + kills},
                    {},
                    (is_set ? "set " : "add ") + timeout_text(need) + " here"};
    if (!service.takes_notifications)
        what.help += ", or `Type=notify`: the gateway then tells systemd how long it needs";
    else
        what.primary.text += ", before it could say how long it needs";
    explain_drain(what, loaded);
    out.push_back(std::move(what));
}

void check_signal(const unit_service& service, std::vector<diagnostic>& out) {
    const unit_setting* const signal = service.kill_signal;
    const auto is_good = [](const std::string& name) {
        return name == "SIGTERM" || name == "SIGINT" || name == "TERM" || name == "INT" ||
               name == "15" || name == "2" || name.empty();
    };
    if (signal != nullptr && !is_good(signal->value))
        out.push_back({stop_code::unit_signal,
                       "the gateway is stopped without a drain",
                       {signal->where, "only SIGTERM and SIGINT make it drain"},
                       {},
                       "set `KillSignal=SIGTERM` here, or remove this line"});
    const unit_setting* const mode = service.kill_mode;
    if (mode != nullptr && mode->value == "none")
        out.push_back({stop_code::unit_signal,
                       "the gateway is stopped without a drain",
                       {mode->where, "systemd sends it no signal at all"},
                       {},
                       "set `KillMode=mixed` here, or remove this line"});
    for (const unit_setting* const each : service.stops)
        if (is_stop_signal(each->value))
            out.push_back({stop_code::unit_signal,
                           "the gateway is stopped without a drain",
                           {each->where, "systemd sends SIGTERM once this command has ended: the "
                                         "second signal, which ends the gateway at once"},
                           {},
                           "remove this line: systemd sends the one signal that is needed"});
}

diagnostic elsewhere(const whole_unit& unit, const source& first) {
    const span begin{first, 0, first->line_of(0).text.size()};
    return {stop_code::deployment_elsewhere,
            "this unit does not run the gateway",
            {unit.service != nullptr ? unit.service->where : begin,
             unit.service != nullptr ? "no `ExecStart=` here names pulsegate"
                                     : "there is no `[Service]` in this file"},
            {},
            "name the file of the gateway's service, and its drop-ins after it: `--unit "
            "pulsegate.service --unit override.conf`"};
}

} // namespace

stop_findings check_unit(const load_result& loaded, const std::vector<source>& files) {
    stop_findings out;
    const whole_unit unit = read_files(files);
    const unit_service service = read_service(unit.settings);
    if (unit.service == nullptr ||
        std::none_of(service.starts.begin(), service.starts.end(), names_gateway)) {
        out.diagnostics.push_back(elsewhere(unit, files.front()));
        return out;
    }
    check_ignored(unit, service, out.diagnostics);
    check_timeout(loaded, *unit.service, service, out.diagnostics);
    check_signal(service, out.diagnostics);
    sort_and_unique(out.diagnostics);
    stop_plan plan{files.front()->name(), std::nullopt, 0ms, service.takes_notifications};
    if (!service.never_kills())
        plan.kill_after = service.stop_after;
    out.plans.push_back(std::move(plan));
    return out;
}

} // namespace pulsegate
