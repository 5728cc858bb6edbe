// Why a session ended: one table. Every closed session has exactly one of these reasons, in its log
// line and in pulsegate_connections_closed_total{reason}.
#pragma once

#include "base/log.hpp"
#include "session/leg.hpp"
#include "websocket/close_payload.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

enum class close_reason : std::uint8_t {
    client_closed,
    app_closed,
    client_lost,
    app_lost,
    evicted,
    app_timeout,
    protocol_error,
    bad_utf8,
    too_big,
    app_protocol_error,
    slow_client,
    slow_app,
    rate_exceeded,
    drained,
    age,
    admin,
    shutdown,
};
inline constexpr std::size_t close_reason_count = 17;

/// What a leg is told when a session ends.
enum class farewell : std::uint8_t {
    none,       // the leg is cut without a Close frame; its peer reports 1006
    end,        // what waits for it is delivered, then its connection ends without a Close frame
    answer,     // what the other leg's peer answered; without an answer, its own Close comes back
    carried,    // the code and reason that the other leg's peer sent
    configured, // `heartbeat.close` or `drain.close`
    fixed,      // the row's own code and text, or for clients what `close` says instead
    violation,  // what this leg's peer did wrong: 1002, or 1007 for text that is not UTF-8
};

/// What a client should do after this end; the guides for front ends are made from it.
enum class comeback : std::uint8_t {
    no,           // it ended the session itself, or would fail the same way again
    at_once,      // with jitter
    with_backoff, // something behind or around the gateway is unwell
};

struct close_reason_row {
    close_reason reason;
    std::string_view label; // as in logs and metrics
    farewell to_client;
    farewell to_app;
    close_payload fixed;        // for `farewell::fixed`
    close_payload fixed_to_app; // instead, for the application; code 0: the same
    log::level level;
    comeback client_should;
    std::string_view meaning; // one sentence

    /// What `farewell::fixed` says to a leg, if nothing else is configured.
    [[nodiscard]] const close_payload& fixed_to(leg which) const {
        return which == leg::app && fixed_to_app.code != 0 ? fixed_to_app : fixed;
    }
};

/// All rows, in the order of the enumeration.
[[nodiscard]] std::span<const close_reason_row> close_reasons();

[[nodiscard]] const close_reason_row& row_of(close_reason reason);

} // namespace pulsegate
