// How the ends of sessions look from outside, for `pulsegate explain` and for the guides.
#pragma once

#include "session/close_reason.hpp"
#include "session/leg.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace pulsegate {

/// What a peer of the gateway sees when a session ends.
struct seen_end {
    enum class origin : std::uint8_t { gateway, itself, other_peer };
    origin chosen_by;
    close_payload payload; // of the gateway's; code 1006 without a Close frame (RFC 6455 §7.1.5)
};

/// With the default configuration, of which the keys of key_of_close() may say something else.
[[nodiscard]] seen_end seen_by(leg which, const close_reason_row& row);

/// Writes what the end with this label is, or which ends a peer sees under this close code.
///
/// \param name  such as `evicted` or `1014`.
/// \return false, with nothing written, if there is no such label and no such code.
[[nodiscard]] bool explain_close(std::string_view name, std::ostream& out);

} // namespace pulsegate
