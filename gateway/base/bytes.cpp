#include "base/bytes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::uint32_t polynomial = 0x82F6'3B78; // Castagnoli's, least significant bit first

constexpr auto table = [] {
    std::array<std::uint32_t, 256> rows{};
    for (std::uint32_t byte = 0; byte < rows.size(); ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        rows[byte] = value;
    }
    return rows;
}();

} // namespace

void crc32c::add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes)
        state_ = (state_ >> 8) ^ table[(state_ ^ byte) & 0xFF];
}

} // namespace pulsegate
