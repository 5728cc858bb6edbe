// Why an event stream ended: one vocabulary for the log, the metrics and the list of connections.
#pragma once

#include "base/log.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

enum class stream_end : std::uint8_t {
    app_ended,   // the application ended its answer
    client_left, // the client's connection ended, or broke
    app_lost,    // the application's connection ended in the middle
    slow_client, // the client took nothing for `limits.write_stall`
    age,         // `limits.session_age`, at the border of an event
    drained,     // the gateway is being stopped, likewise
    admin,       // closed by an administrator, likewise
    shutdown,    // the gateway ended before the stream did
};
inline constexpr std::size_t stream_end_count = 8;

struct stream_end_row {
    stream_end reason;
    std::string_view label;   // in logs and metrics
    log::level level;         // of its line in the log
    std::string_view meaning; // for `pulsegate explain`
};

/// One row for each reason, in the order of the enum.
[[nodiscard]] std::span<const stream_end_row> stream_ends();
[[nodiscard]] const stream_end_row& row_of(stream_end why);

/// As label value.
[[nodiscard]] std::string_view label_of(stream_end why);

} // namespace pulsegate
