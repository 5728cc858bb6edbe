#include "websocket/utf8.hpp"

#include "base/bytes.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace pulsegate {
namespace {

/// Whether all of `WordCount` times sixteen octets are ASCII.
template <std::size_t WordCount>
bool is_ascii(const std::uint8_t* bytes, sixteen_octets keys) {
    sixteen_octets all{};
    for (std::size_t i = 0; i < WordCount; ++i) {
        sixteen_octets word;
        std::memcpy(&word, bytes + i * sizeof word, sizeof word);
        all |= word ^ keys;
    }
    return ((all[0] | all[1]) & 0x8080808080808080) == 0;
}

/// How many leading octets are surely ASCII: all, or a multiple of sixteen. Most text is ASCII.
std::size_t ascii_prefix(std::span<const std::uint8_t> bytes, masking_key key) {
    const sixteen_octets keys = key.repeated();
    std::size_t at = 0;
    while (bytes.size() - at >= 128 && is_ascii<8>(bytes.data() + at, keys))
        at += 128;
    if (bytes.size() - at >= 64 && is_ascii<4>(bytes.data() + at, keys))
        at += 64;
    while (bytes.size() - at >= 16) {
        if (!is_ascii<1>(bytes.data() + at, keys))
            return at;
        at += 16;
    }
    std::array<std::uint8_t, 16> last;
    std::memcpy(last.data(), &keys, sizeof keys); // plain zeros behind the end
    std::memcpy(last.data(), bytes.data() + at, bytes.size() - at);
    return is_ascii<1>(last.data(), keys) ? bytes.size() : at;
}

/// How many octets at the end of `bytes` may be the beginning of a character, and not all of it.
std::size_t cut_character(std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 1; i <= std::min<std::size_t>(3, bytes.size()); ++i) {
        const std::uint8_t byte = bytes[bytes.size() - i];
        if ((byte & 0xC0) == 0x80)
            continue; // not the first byte of a character
        const std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        return length > i ? i : 0;
    }
    return 0;
}

/// Checks the whole characters that `bytes` begins with. Returns how many octets they are, a few
/// less than there are at most; nothing if they are not UTF-8.
std::optional<std::size_t> check_characters(std::span<const std::uint8_t> bytes, masking_key key) {
    std::array<std::uint8_t, 1024> plain;
    if (!key.is_none())
        bytes = unmask(bytes.first(std::min(bytes.size(), plain.size())), key, plain);
    const std::size_t whole = bytes.size() - cut_character(bytes);
    if (!simdjson::validate_utf8(reinterpret_cast<const char*>(bytes.data()), whole))
        return std::nullopt;
    return whole;
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
        if (continuations_ == 0) {
            at += ascii_prefix(bytes.subspan(at), key.from(at));
            if (at == bytes.size())
                break;
            const auto checked = check_characters(bytes.subspan(at), key.from(at));
            if (!checked)
                return false;
            at += *checked;
        }
        // Cut by the end of `bytes`, if not before: the rest of a character comes byte by byte.
        if (at < bytes.size()) {
            if (!accept_byte(static_cast<std::uint8_t>(bytes[at] ^ key.at(at))))
                return false;
            ++at;
        }
    }
    return true;
}

bool is_valid_utf8(std::span<const std::uint8_t> text, masking_key key) {
    utf8_validator validator;
    return validator.accept(text, key) && validator.is_complete();
}

bool is_valid_utf8(std::string_view text) {
    return is_valid_utf8(as_bytes(text));
}

} // namespace pulsegate
