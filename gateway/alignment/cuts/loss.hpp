// A connection that a client, or a proxy in front of it, ended without a Close frame: what there is
// to compare with the limits of proxies. A plain value; made by the session, on its worker.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace pulsegate {

struct loss {
    /// A ping that waited longer than this for its answer says that the client was gone before.
    static constexpr std::chrono::seconds patience{1};

    time_point when{};         // real time
    duration idle{0};          // since the last byte from the client
    duration quiet{0};         // since the last byte to the client
    duration age{0};           // since the upgrade
    std::uint32_t route = 0;   // its number; on the worker its place in counters::routes
    std::uint32_t client = 0;  // a hash of the client's address: tells many clients from one
    bool was_answering = true; // no ping had waited for longer than `patience`
};

} // namespace pulsegate
