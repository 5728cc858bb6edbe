// Frames for tests, written down from RFC 6455 §5.2 without the gateway's own code; also frames
// that nobody should send.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate::test {

using byte_string = std::vector<std::uint8_t>;
using mask_bytes = std::array<std::uint8_t, 4>;

inline byte_string bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

enum class length_form { shortest, two_bytes, eight_bytes };

struct frame_spec {
    int opcode = 0x2;
    byte_string payload{};
    bool fin = true;
    int reserved_bits = 0; // RSV1, RSV2, RSV3 as 4, 2, 1
    std::optional<mask_bytes> mask{};
    length_form form = length_form::shortest;
    std::optional<std::uint64_t> announced{}; // a length other than the payload's
};

inline byte_string build_header(const frame_spec& frame) {
    byte_string out;
    out.push_back(
        static_cast<std::uint8_t>((frame.fin ? 128 : 0) + frame.reserved_bits * 16 + frame.opcode));
    const std::uint64_t length = frame.announced.value_or(frame.payload.size());
    const int mask_bit = frame.mask ? 128 : 0;
    length_form form = frame.form;
    int bytes = 0;
    if (form == length_form::shortest && length < 126) {
        out.push_back(static_cast<std::uint8_t>(mask_bit + static_cast<int>(length)));
    } else if (form == length_form::two_bytes ||
               (form == length_form::shortest && length < 65536)) {
        out.push_back(static_cast<std::uint8_t>(mask_bit + 126));
        bytes = 2;
    } else {
        out.push_back(static_cast<std::uint8_t>(mask_bit + 127));
        bytes = 8;
    }
    for (int i = bytes - 1; i >= 0; --i)
        out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
    if (frame.mask)
        out.insert(out.end(), frame.mask->begin(), frame.mask->end());
    return out;
}

inline byte_string build(const frame_spec& frame) {
    byte_string out = build_header(frame);
    for (std::size_t i = 0; i < frame.payload.size(); ++i) {
        const int key = frame.mask ? (*frame.mask)[i % 4] : 0;
        out.push_back(static_cast<std::uint8_t>(frame.payload[i] ^ key));
    }
    return out;
}

inline byte_string build_all(const std::vector<frame_spec>& frames) {
    byte_string out;
    for (const frame_spec& frame : frames) {
        const byte_string one = build(frame);
        out.insert(out.end(), one.begin(), one.end());
    }
    return out;
}

/// For messages of failing tests.
inline std::string hex(const byte_string& bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

} // namespace pulsegate::test
