// PG401 to PG404: a unit of systemd that ends the gateway before it has drained.
#include "alignment/deployment/stop.hpp"
#include "alignment/deployment/unit_file.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "base/time.hpp"

#include <boost/regex.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

/// What a unit's [Service] section says about stopping: systemd.service(5), systemd.kill(5).
struct unit_service {
    /// With which an assignment took effect; null: the default.
    const unit_setting* stop_timeout = nullptr;
    const unit_setting* kill_signal = nullptr;
    const unit_setting* kill_mode = nullptr;
    const unit_setting* type = nullptr;
    std::vector<const unit_setting*> starts;         // ExecStart=
    std::vector<const unit_setting*> stops;          // ExecStop=
    std::vector<const unit_setting*> ignored_values; // times that systemd cannot read

    milliseconds stop_after{90'000}; // DefaultTimeoutStopSec= of a systemd that nobody changed
    bool sends_kill = true;
    bool takes_notifications = false; // so that EXTEND_TIMEOUT_USEC= is heard: sd_notify(3)

    [[nodiscard]] bool never_kills() const;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> these) {
    return std::find(these.begin(), these.end(), text) != these.end();
}

/// The assignments of [Service] in their order, each with what it changes.
class service_reader {
public:
    void on_setting(const unit_setting& each) {
        if (each.section != "Service")
            return;
        const std::string& value = each.value;
        if (each.key == "TimeoutStopSec" || each.key == "TimeoutSec")
            on_stop_timeout(each);
        else if (each.key == "KillSignal")
            out_.kill_signal = &each;
        else if (each.key == "KillMode")
            out_.kill_mode = &each;
        else if (each.key == "SendSIGKILL")
            out_.sends_kill = !is_one_of(value, {"no", "n", "false", "f", "off", "0"});
        else if (each.key == "ExecStart")
            on_command(each, out_.starts);
        else if (each.key == "ExecStop")
            on_command(each, out_.stops);
        else if (each.key == "Type")
            on_type(each);
        else if (each.key == "NotifyAccess")
            has_access_ = is_one_of(value, {"main", "exec", "all"});
        else if (each.key == "WatchdogSec")
            has_watchdog_ = parse_unit_time(value).value_or(milliseconds(0)).count() > 0;
    }

    /// Without an access of its own, each of the others switches it on: service_add_extras() of
    /// systemd.
    unit_service finish() {
        out_.takes_notifications = has_access_ || is_notify_ || has_watchdog_;
        return std::move(out_);
    }

private:
    void on_stop_timeout(const unit_setting& each) {
        const auto time = parse_unit_time(each.value);
        if (!time) {
            out_.ignored_values.push_back(&each);
            return;
        }
        out_.stop_timeout = &each;
        out_.stop_after = time->count() == 0 ? unit_time_infinity : *time; // 0 disables it
    }

    void on_type(const unit_setting& each) {
        out_.type = &each;
        is_notify_ = is_one_of(each.value, {"notify", "notify-reload"});
    }

    /// An empty one takes back all before it.
    static void on_command(const unit_setting& each, std::vector<const unit_setting*>& commands) {
        if (each.value.empty())
            commands.clear();
        else
            commands.push_back(&each);
    }

    unit_service out_;
    bool has_access_ = false;
    bool is_notify_ = false;
    bool has_watchdog_ = false;
};

bool unit_service::never_kills() const {
    return !sends_kill || stop_after == unit_time_infinity;
}

/// \param settings  of the unit's file and then of its drop-ins; they outlive the result.
unit_service read_service(const std::vector<const unit_setting*>& settings) {
    service_reader reader;
    for (const unit_setting* const each : settings)
        reader.on_setting(*each);
    return reader.finish();
}

/// What the gateway gets to say how long it needs, on a machine that is busy.
constexpr milliseconds time_to_speak = 1s;

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
