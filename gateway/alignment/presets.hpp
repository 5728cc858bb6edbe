// What is known about proxies whose configuration cannot be read here: one table. Each figure says
// how sure it is and who says so. Constants; tests walk the table.
#pragma once

#include "alignment/hop.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

struct preset_limit {
    limit_kind kind;
    std::optional<milliseconds> value; // by default; nothing: no such limit unless it is set
    idle_reset resets;                 // of an idle limit
    std::string_view option;           // the proxy's own name for it; may be empty
    std::string_view setting;          // as limit::setting
    confidence sure;
    std::string_view cited; // who says so: a document, a source file, the number of an issue
};

/// Whether an event stream reaches the client as it comes.
enum class stream_passing : std::uint8_t {
    unknown,
    at_once,
    if_told, // unless it compresses it and the like: `X-Accel-Buffering: no`, which the gateway
             // adds, has it pass
};

/// Limits on a write that does not proceed are not idle limits: they are in the remark, if
/// anywhere.
struct preset {
    std::string_view name;                // in gateway.yaml: `cloudflare`
    std::string_view title;               // as its maker calls it
    std::span<const preset_limit> limits; // without an idle limit among them: nobody knows it
    std::string_view remark;              // one thing that users should know; may be empty
    stream_passing streams = stream_passing::unknown;
    bool is_in_front = true; // false: stands behind the gateway, and is no proxy to declare
};

/// All rows, in the order in which they are shown.
[[nodiscard]] std::span<const preset> preset_table();

/// Null if there is none of that name; case counts.
[[nodiscard]] const preset* find_preset(std::string_view name);

/// False if the table has neither a figure for its idle limit nor the word that it has none.
[[nodiscard]] bool has_known_idle(const preset& which);

} // namespace pulsegate
