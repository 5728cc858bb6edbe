// Which of a loss's times a limit would have cut at. A proxy's limit makes one of them the same in
// every cut; what else ends connections leaves them spread. Pure.
#pragma once

#include "alignment/cuts/loss.hpp"

#include <cstdint>
#include <optional>

namespace pulsegate {

enum class mark : std::uint8_t {
    // An idle limit that bytes of either direction reset. Nginx does not start its timer again for
    // a byte within 0.3 s of the one before (NGX_TIMER_LAZY_DELAY), and a pong comes that soon:
    // then
    // the ping's time is the exact one, else the pong's.
    sent_either,
    heard_either,
    // The same of one direction.
    sent,
    heard,
    // Like `heard`, of clients that were not waiting for an answer: those may have a limit of their
    // own for that.
    heard_unasked,
    // A lifetime.
    age,
};

/// How far apart the last bytes of both directions may be and count as one event: a ping and its
/// answer.
inline constexpr std::chrono::milliseconds one_event{500};

/// Nothing if the loss cannot be a cut that this mark is for. Two kinds never are, but for `age`:
/// a client that had left a ping unanswered, which was gone before; and what our own last byte
/// provoked, such as the reset of a machine that has forgotten the connection.
[[nodiscard]] std::optional<duration> read(mark which, const loss& of);

/// Something was sent within the last second, and the client had been silent before: the loss may
/// be the answer.
[[nodiscard]] bool is_provoked(const loss& of);

} // namespace pulsegate
