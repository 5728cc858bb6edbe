// The masking key of a frame (RFC 6455 §5.3), as a value that can be applied from any offset. Pure.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pulsegate {

/// For the vector unit of processors that have one; the compiler does without where there is none.
using sixteen_octets = std::uint64_t __attribute__((vector_size(16)));

class masking_key {
public:
    /// The key of an unmasked frame: changes nothing.
    constexpr masking_key() = default;
    constexpr explicit masking_key(std::array<std::uint8_t, 4> bytes)
        : octets_(std::bit_cast<std::uint32_t>(bytes)) {}

    [[nodiscard]] constexpr std::array<std::uint8_t, 4> bytes() const {
        return std::bit_cast<std::array<std::uint8_t, 4>>(octets_);
    }

    /// The byte that the octet at `offset` of the payload is combined with.
    [[nodiscard]] constexpr std::uint8_t at(std::size_t offset) const {
        return bytes()[offset % 4];
    }

    /// The key for a payload that goes on after `offset` octets.
    [[nodiscard]] constexpr masking_key from(std::size_t offset) const {
        constexpr bool is_little = std::endian::native == std::endian::little;
        const int bits = 8 * static_cast<int>(offset % 4);
        masking_key rest;
        rest.octets_ = is_little ? std::rotr(octets_, bits) : std::rotl(octets_, bits);
        return rest;
    }

    /// True if it changes nothing.
    [[nodiscard]] constexpr bool is_none() const { return octets_ == 0; }

    /// The key over and over, to combine with sixteen octets at once.
    [[nodiscard]] sixteen_octets repeated() const {
        return sixteen_octets{} + (std::uint64_t{octets_} << 32 | octets_);
    }

private:
    std::uint32_t octets_ = 0; // in memory order
};

/// Copies `payload` without its mask to the front of `out`, which is at least as long.
std::span<const std::uint8_t> unmask(std::span<const std::uint8_t> payload, masking_key key,
                                     std::span<std::uint8_t> out);

} // namespace pulsegate
