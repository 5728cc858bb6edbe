// The masking key of a frame (RFC 6455 §5.3), as a value that can be applied from any offset. Pure.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pulsegate {

class masking_key {
public:
    /// The key of an unmasked frame: changes nothing.
    constexpr masking_key() = default;
    constexpr explicit masking_key(std::array<std::uint8_t, 4> bytes) : bytes_(bytes) {}

    [[nodiscard]] constexpr std::array<std::uint8_t, 4> bytes() const { return bytes_; }

    /// The byte that the octet at `offset` of the payload is combined with.
    [[nodiscard]] constexpr std::uint8_t at(std::size_t offset) const { return bytes_[offset % 4]; }

    /// The key for a payload that goes on after `offset` octets.
    [[nodiscard]] constexpr masking_key from(std::size_t offset) const {
        return masking_key({at(offset), at(offset + 1), at(offset + 2), at(offset + 3)});
    }

    /// Twice the key, in memory order: to combine with eight octets at once.
    [[nodiscard]] std::uint64_t twice() const {
        std::array<std::uint8_t, 8> eight{};
        std::memcpy(eight.data(), bytes_.data(), 4);
        std::memcpy(eight.data() + 4, bytes_.data(), 4);
        return std::bit_cast<std::uint64_t>(eight);
    }

private:
    std::array<std::uint8_t, 4> bytes_{};
};

} // namespace pulsegate
