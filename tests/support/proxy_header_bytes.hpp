// Builds PROXY headers of version 2, byte by byte and without the gateway's code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pulsegate::test {

inline std::string big_endian_16(std::size_t value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

/// \param version_and_command  0x21: version 2, PROXY; 0x20: LOCAL.
/// \param family_and_transport  0x11: TCP over IPv4; 0x21: TCP over IPv6.
inline std::string binary_header(std::uint8_t version_and_command,
                                 std::uint8_t family_and_transport, std::string_view rest) {
    std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
    header += static_cast<char>(version_and_command);
    header += static_cast<char>(family_and_transport);
    return header.append(big_endian_16(rest.size())).append(rest);
}

/// A type-length-value triple.
inline std::string extra_field(std::uint8_t type, std::string_view value) {
    return std::string(1, static_cast<char>(type))
        .append(big_endian_16(value.size()))
        .append(value);
}

/// CRC-32C by long division, bit by bit from the definition (RFC 4960, appendix B).
inline std::uint32_t slow_crc32c(std::string_view bytes) {
    std::uint32_t rest = 0xFFFF'FFFF;
    for (const char byte : bytes) {
        for (int bit = 0; bit < 8; ++bit) {
            const bool is_set = ((static_cast<unsigned char>(byte) >> bit) & 1) != (rest & 1);
            rest = (rest >> 1) ^ (is_set ? 0x82F6'3B78 : 0);
        }
    }
    return ~rest;
}

} // namespace pulsegate::test
