// Who has to go when there are too many connections to the admin listener: pure. Nobody keeps
// others away by staying: who comes is let in, and one that is idle makes room. If none is idle,
// those who come are told of health and metrics only.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pulsegate {

/// What a connection does, as far as it matters here.
enum class admin_state : std::uint8_t {
    idle, // nothing of a request has come, or the last answer has been given
    busy, // with a request: it has a deadline of its own, or is one of few streams
    gone, // closed
};

struct admin_client_facts {
    std::string address; // of the client's machine
    admin_state state = admin_state::idle;
    time_point since{};    // of the last answer, or of the beginning
    bool is_extra = false; // let in beyond the limit
};

struct admin_places {
    std::size_t connections = 0; // may be there at once,
    std::size_t extra = 0;       // and so many more, for health and metrics
};

/// What to do with one who comes.
struct admin_admission {
    bool is_extra = false;
    std::optional<std::size_t> makes_room = {}; // the place in `present` of one to be closed
};

/// Of those who may have to go, one of the address that has most connections, and of those the one
/// that has been there longest.
[[nodiscard]] admin_admission admit(std::span<const admin_client_facts> present,
                                    const admin_places& places);

} // namespace pulsegate
