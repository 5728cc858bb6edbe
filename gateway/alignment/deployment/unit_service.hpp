// What a unit's [Service] section says about stopping: systemd.service(5), systemd.kill(5). Pure.
#pragma once

#include "alignment/deployment/unit_file.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

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

/// \param settings  of the unit's file and then of its drop-ins; they outlive the result.
[[nodiscard]] unit_service read_service(const std::vector<const unit_setting*>& settings);

} // namespace pulsegate
