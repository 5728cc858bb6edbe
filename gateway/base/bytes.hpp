// A text as the bytes that sockets and parsers take, and the checksum of bytes. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

/// Valid as long as the text.
[[nodiscard]] inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class crc32c {
public:
    void add(std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::uint32_t value() const { return ~state_; }

private:
    std::uint32_t state_ = 0xFFFF'FFFF;
};

} // namespace pulsegate
