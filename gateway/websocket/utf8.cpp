#include "websocket/utf8.hpp"

#include "base/bytes.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace pulsegate {
namespace {

// Sixteen octets, which the compiler gives to the vector unit of any processor that has one.
using sixteen_octets = std::uint64_t __attribute__((vector_size(16)));

/// Whether all of these octets are ASCII.
template <class Word, std::size_t WordCount>
bool is_ascii(const std::uint8_t* bytes, std::uint64_t mask) {
    Word high_bits{};
    for (std::size_t i = 0; i < WordCount; ++i) {
        Word word;
        std::memcpy(&word, bytes + i * sizeof word, sizeof word);
        high_bits |= word ^ (Word{} + mask);
    }
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < sizeof(Word) / sizeof all; ++i)
        all |= std::bit_cast<std::array<std::uint64_t, sizeof(Word) / sizeof all>>(high_bits)[i];
    return (all & 0x8080808080808080) == 0;
}

/// How many leading octets are surely ASCII: a multiple of eight. Takes 128 at once while it can:
/// most text is ASCII.
std::size_t ascii_prefix(std::span<const std::uint8_t> bytes, std::uint64_t mask) {
    std::size_t at = 0;
    while (bytes.size() - at >= 128 && is_ascii<sixteen_octets, 8>(bytes.data() + at, mask))
        at += 128;
    while (bytes.size() - at >= 16 && is_ascii<sixteen_octets, 1>(bytes.data() + at, mask))
        at += 16;
    if (bytes.size() - at >= 8 && is_ascii<std::uint64_t, 1>(bytes.data() + at, mask))
        at += 8;
    return at;
}

} // namespace

bool utf8_validator::accept_byte(std::uint8_t byte) {
    if (continuations_ > 0) {
        if (byte < least_ || byte > most_)
            return false;
        --continuations_;
        least_ = 0x80;
        most_ = 0xBF;
        return true;
    }
    if (byte < 0x80)
        return true;
    if (byte < 0xC2 || byte > 0xF4)
        return false;
    continuations_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    // RFC 3629 §4: the second byte's range depends on the first.
    if (byte == 0xE0)
        least_ = 0xA0;
    else if (byte == 0xED)
        most_ = 0x9F;
    else if (byte == 0xF0)
        least_ = 0x90;
    else if (byte == 0xF4)
        most_ = 0x8F;
    return true;
}

bool utf8_validator::accept(std::span<const std::uint8_t> bytes, masking_key key) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        // Whole words keep the phase of the four-octet key, so the same mask fits every one.
        if (continuations_ == 0 && at % 4 == 0)
            at += ascii_prefix(bytes.subspan(at), key.twice());
        if (at < bytes.size()) {
            if (!accept_byte(static_cast<std::uint8_t>(bytes[at] ^ key.at(at))))
                return false;
            ++at;
        }
    }
    return true;
}

bool is_valid_utf8(std::string_view text) {
    utf8_validator validator;
    return validator.accept(as_bytes(text)) && validator.is_complete();
}

} // namespace pulsegate
