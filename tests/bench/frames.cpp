#include "bench/frames.hpp"

#include <array>
#include <cstring>

namespace pulsegate::bench {

namespace {

constexpr unsigned final_bit = 0x80;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_in_two_bytes = 126;
constexpr unsigned length_in_eight_bytes = 127;

std::uint64_t read_big_endian(const_bytes input) {
    std::uint64_t value = 0;
    for (const unsigned char byte : input) {
        value = value << 8 | byte;
    }
    return value;
}

void write_big_endian(bytes output, std::uint64_t value) {
    for (std::size_t i = output.size(); i-- > 0; value >>= 8) {
        output[i] = static_cast<unsigned char>(value & 0xFF);
    }
}

} // namespace

std::optional<frame_header> read_header(const_bytes input) {
    if (input.size() < 2) {
        return std::nullopt;
    }
    const unsigned short_length = input[1] & 0x7Fu;
    const bool is_masked = (input[1] & mask_bit) != 0;
    const std::size_t length_bytes = short_length == length_in_two_bytes     ? 2
                                     : short_length == length_in_eight_bytes ? 8
                                                                             : 0;
    frame_header header;
    header.header_bytes = 2 + length_bytes + (is_masked ? 4 : 0);
    if (input.size() < header.header_bytes) {
        return std::nullopt;
    }
    header.is_final = (input[0] & final_bit) != 0;
    header.code = static_cast<opcode>(input[0] & 0x0F);
    header.payload_bytes =
        length_bytes == 0 ? short_length : read_big_endian(input.subspan(2, length_bytes));
    if (is_masked) {
        std::uint32_t key = 0;
        std::memcpy(&key, input.data() + 2 + length_bytes, sizeof key);
        header.masking_key = key;
    }
    return header;
}

std::size_t write_header(bytes output, const frame_header& header) {
    const unsigned first = (header.is_final ? final_bit : 0) | static_cast<unsigned>(header.code);
    const unsigned masked = header.masking_key ? mask_bit : 0;
    output[0] = static_cast<unsigned char>(first);
    std::size_t written = 2;
    if (header.payload_bytes < length_in_two_bytes) {
        output[1] = static_cast<unsigned char>(masked | header.payload_bytes);
    } else if (header.payload_bytes <= 0xFFFF) {
        output[1] = static_cast<unsigned char>(masked | length_in_two_bytes);
        write_big_endian(output.subspan(2, 2), header.payload_bytes);
        written += 2;
    } else {
        output[1] = static_cast<unsigned char>(masked | length_in_eight_bytes);
        write_big_endian(output.subspan(2, 8), header.payload_bytes);
        written += 8;
    }
    if (header.masking_key) {
        std::memcpy(output.data() + written, &*header.masking_key, 4);
        written += 4;
    }
    return written;
}

void apply_mask(bytes payload, std::uint32_t masking_key) {
    const std::uint64_t wide = masking_key | std::uint64_t{masking_key} << 32;
    std::size_t i = 0;
    for (; i + sizeof wide <= payload.size(); i += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, payload.data() + i, sizeof word);
        word ^= wide;
        std::memcpy(payload.data() + i, &word, sizeof word);
    }
    std::array<unsigned char, 4> key{};
    std::memcpy(key.data(), &masking_key, key.size());
    for (; i < payload.size(); ++i) {
        payload[i] = static_cast<unsigned char>(payload[i] ^ key[i % 4]);
    }
}

} // namespace pulsegate::bench
