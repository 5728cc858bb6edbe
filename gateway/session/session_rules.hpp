// What the configuration says to a session of a route. Immutable; kept by the settings that it is
// made from.
#pragma once

#include "base/time.hpp"
#include "session/close_settings.hpp"
#include "session/heartbeat.hpp"
#include "session/leg.hpp"
#include "session/message_rate.hpp"
#include "websocket/frame_scanner.hpp"

#include <algorithm>
#include <cstdint>

namespace pulsegate {

struct session_rules {
    const heartbeat_settings* heartbeat = nullptr; // outlives this
    rate_settings rate;
    const close_settings* close = nullptr; // outlives this
    duration write_stall{};                // > 0
    std::uint64_t slowest_rate = 1;        // bytes a second
    std::uint64_t max_message_bytes = 0;   // of clients; 0: no limit

    [[nodiscard]] heartbeat_rhythm rhythm_of(leg which) const {
        return which == leg::client ? client_rhythm(*heartbeat) : app_rhythm(*heartbeat);
    }

    /// The longest text that may be a heartbeat.
    [[nodiscard]] std::uint8_t held_text_bytes() const {
        std::size_t held = 0;
        if (heartbeat->method != heartbeat_method::ping)
            held = heartbeat->text_expect.size();
        for (const auto& [text, answer] : heartbeat->answer)
            held = std::max(held, text.size());
        return static_cast<std::uint8_t>(std::min(held, max_control_payload_bytes));
    }

    /// `limits.message` protects the application; what the application sends is its own affair.
    [[nodiscard]] frame_scanner::rules frames_from(leg from, bool compressed) const {
        if (from == leg::app)
            return {.masked = false,
                    .compressed = compressed,
                    .held_text_bytes = 0,
                    .max_message_bytes = 0};
        return {.masked = true,
                .compressed = compressed,
                .held_text_bytes = held_text_bytes(),
                .max_message_bytes = max_message_bytes};
    }
};

} // namespace pulsegate
