// Just enough of RFC 6455 §5 for the benchmark's own client and application. It shares no code with
// the gateway, so that a mistake there cannot be cancelled out here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pulsegate::bench {

using bytes = std::span<unsigned char>;
using const_bytes = std::span<const unsigned char>;

enum class opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// The most bytes that a frame header takes: 2, an extended length of 8, a masking key of 4.
inline constexpr std::size_t max_header_bytes = 14;

struct frame_header {
    opcode code = opcode::text;
    bool is_final = true;
    std::optional<std::uint32_t> masking_key; // its four bytes as they lie in memory
    std::uint64_t payload_bytes = 0;
    std::size_t header_bytes = 0;

    [[nodiscard]] std::uint64_t frame_bytes() const { return header_bytes + payload_bytes; }
};

/// Reads the header at the head of `input`; nothing if it is not there whole.
[[nodiscard]] std::optional<frame_header> read_header(const_bytes input);

/// Writes a header; `header_bytes` of the argument is ignored.
/// \param output  at least `max_header_bytes` long.
/// Returns how many bytes it took.
std::size_t write_header(bytes output, const frame_header& header);

/// Masks or unmasks a payload in place (RFC 6455 §5.3).
void apply_mask(bytes payload, std::uint32_t masking_key);

} // namespace pulsegate::bench
