#include "websocket/frame_header.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstring>

namespace pulsegate {
namespace {

std::uint64_t read_big_endian(std::span<const std::uint8_t> bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

} // namespace

std::optional<frame_header> read_frame_header(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 2)
        return std::nullopt;
    frame_header header;
    header.fin = (bytes[0] & 0x80) != 0;
    header.reserved_bits = static_cast<std::uint8_t>(bytes[0] >> 4 & 0x7);
    header.code = static_cast<opcode>(bytes[0] & 0x0F);
    header.masked = (bytes[1] & 0x80) != 0;

    const std::uint8_t short_length = bytes[1] & 0x7F;
    const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    header.header_bytes = 2 + length_bytes + (header.masked ? 4 : 0);
    if (bytes.size() < header.header_bytes)
        return std::nullopt;

    if (length_bytes == 0) {
        header.payload_bytes = short_length;
    } else {
        header.payload_bytes = read_big_endian(bytes.subspan(2, length_bytes));
        const std::uint64_t least = length_bytes == 2 ? 126 : 65'536;
        header.is_length_valid = header.payload_bytes >= least && header.payload_bytes >> 63 == 0;
    }
    if (header.masked) {
        std::array<std::uint8_t, 4> key;
        std::memcpy(key.data(), bytes.data() + 2 + length_bytes, key.size());
        header.key = masking_key(key);
    }
    return header;
}

short_frame::short_frame(opcode code, std::span<const std::uint8_t> payload,
                         std::optional<masking_key> key) {
    PULSEGATE_ASSERT(payload.size() <= max_control_payload_bytes);
    bytes_[size_++] = static_cast<std::uint8_t>(0x80 | static_cast<std::uint8_t>(code));
    bytes_[size_++] = static_cast<std::uint8_t>((key ? 0x80 : 0) | payload.size());
    if (key) {
        for (const std::uint8_t byte : key->bytes())
            bytes_[size_++] = byte;
    }
    unmask(payload, key.value_or(masking_key{}), std::span(bytes_).subspan(size_));
    size_ += payload.size();
}

short_frame make_close_frame(const close_payload& payload, std::optional<masking_key> key) {
    if (payload.code == 0)
        return {opcode::close, {}, key};
    std::array<std::uint8_t, max_control_payload_bytes> body;
    body[0] = static_cast<std::uint8_t>(payload.code >> 8);
    body[1] = static_cast<std::uint8_t>(payload.code & 0xFF);
    std::size_t length = std::min(payload.reason.size(), body.size() - 2);
    while (length < payload.reason.size() && length > 0 &&
           (static_cast<std::uint8_t>(payload.reason[length]) & 0xC0) == 0x80)
        --length;
    std::copy_n(payload.reason.begin(), length, body.begin() + 2);
    return {opcode::close, std::span(body).first(2 + length), key};
}

} // namespace pulsegate
