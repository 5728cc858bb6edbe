// What the gateway says in the Close frames of the ends that it decides about: codes and texts,
// which gateway.yaml may change for all routes and for each. A value; the defaults are those of
// close_reasons().
#pragma once

#include "session/close_reason.hpp"

#include <array>

namespace pulsegate {

struct close_settings {
    close_settings();

    /// `heartbeat.close`: of a peer that was silent.
    close_payload timeout{4001, "timeout"};

    /// `drain.close`: of a drain, and of a session that is old enough.
    close_payload goodbye{1012, "service restart"};

    /// `close`: what clients are told for each reason that has a code of its own in the table
    /// (`farewell::fixed`). What the application is told then is not a matter of taste.
    std::array<close_payload, close_reason_count> to_client;

    /// What a leg is told of this end, unless its peers say it themselves: then a code 0.
    [[nodiscard]] const close_payload& told(leg which, close_reason why) const;

    friend bool operator==(const close_settings&, const close_settings&) = default;
};

/// The key of gateway.yaml that has what this leg is told: `close.app_lost`; "" if there is none.
[[nodiscard]] std::string key_of_close(leg which, close_reason why);

} // namespace pulsegate
