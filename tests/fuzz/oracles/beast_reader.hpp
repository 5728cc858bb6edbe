// Beast's reading of a stream of frames: a second opinion about what the gateway's scanner says.
#pragma once

#include "websocket/close_payload.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pulsegate::fuzz {

/// What a stream of frames consists of, up to its first Close or violation.
struct frame_reading {
    enum class kind : std::uint8_t { text, binary, ping, pong };
    struct item {
        kind what;
        std::string payload;
        friend bool operator==(const item&, const item&) = default;
    };
    enum class ending : std::uint8_t {
        none,           // the bytes have come to their end
        closed,         // a Close
        protocol_error, // 1002
        bad_utf8,       // 1007
        too_big,        // 1009
    };

    std::vector<item> items; // whole messages and control frames, in the order of their last bytes
    ending end = ending::none;
    close_payload close; // of `closed`

    friend bool operator==(const frame_reading&, const frame_reading&) = default;
};

struct beast_rules {
    bool masked = false;
    std::uint64_t max_message_bytes = 0;
    std::size_t most_at_once = 0; // bytes that a read of the connection gives
};

/// Reads with beast::websocket::stream, from memory.
[[nodiscard]] frame_reading read_with_beast(std::span<const std::uint8_t> bytes,
                                            const beast_rules& rules);

} // namespace pulsegate::fuzz
