// The header of a frame (RFC 6455 §5.2): reading it in place and writing short frames. Pure.
#pragma once

#include "websocket/close_payload.hpp"
#include "websocket/masking_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pulsegate {

enum class opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

[[nodiscard]] constexpr bool is_control(opcode code) {
    return (static_cast<std::uint8_t>(code) & 0x8) != 0;
}

inline constexpr std::size_t max_header_bytes = 14;
inline constexpr std::size_t max_control_payload_bytes = 125;

struct frame_header {
    bool fin = false;
    std::uint8_t reserved_bits = 0;     // RSV1, RSV2, RSV3 as 4, 2, 1
    opcode code = opcode::continuation; // may hold a reserved value
    bool masked = false;
    masking_key key;
    std::uint64_t payload_bytes = 0;
    std::size_t header_bytes = 0;
    bool is_length_valid = true; // minimal number of bytes, most significant bit 0
};

/// Reads the header at the front of `bytes`; nothing if it is not complete yet.
[[nodiscard]] std::optional<frame_header> read_frame_header(std::span<const std::uint8_t> bytes);

/// A whole frame with a payload of at most 125 bytes: what the gateway itself sends.
class short_frame {
public:
    /// \param key  given on the app leg, where the gateway is the client and must mask (RFC 6455
    /// §5.3).
    short_frame(opcode code, std::span<const std::uint8_t> payload, std::optional<masking_key> key);

    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }

private:
    std::array<std::uint8_t, 2 + 4 + max_control_payload_bytes> bytes_;
    std::size_t size_ = 0;
};

/// A Close frame; a `payload.code` of 0 makes one without a body. Reasons are cut at 123 bytes,
/// between characters.
[[nodiscard]] short_frame make_close_frame(const close_payload& payload,
                                           std::optional<masking_key> key);

} // namespace pulsegate
