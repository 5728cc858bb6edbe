// CRC-32C, the checksum of SCTP and of the PROXY protocol (RFC 4960, appendix B). Pure.
#pragma once

#include <cstdint>
#include <span>

namespace pulsegate {

class crc32c {
public:
    void add(std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::uint32_t value() const { return ~state_; }

private:
    std::uint32_t state_ = 0xFFFF'FFFF;
};

} // namespace pulsegate
