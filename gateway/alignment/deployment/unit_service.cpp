#include "alignment/deployment/unit_service.hpp"

#include "alignment/deployment/unit_time.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

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

} // namespace

bool unit_service::never_kills() const {
    return !sends_kill || stop_after == unit_time_infinity;
}

unit_service read_service(const std::vector<const unit_setting*>& settings) {
    service_reader reader;
    for (const unit_setting* const each : settings)
        reader.on_setting(*each);
    return reader.finish();
}

} // namespace pulsegate
