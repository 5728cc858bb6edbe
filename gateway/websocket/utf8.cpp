#include "websocket/utf8.hpp"

#include <cstring>

namespace pulsegate {

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
    constexpr std::uint64_t not_ascii = 0x8080808080808080;
    const std::uint64_t mask = key.twice();
    std::size_t at = 0;
    while (at < bytes.size()) {
        // Eight octets keep the phase of the four-octet key, so the same mask fits every block.
        if (continuations_ == 0 && at % 4 == 0) {
            std::uint64_t block = 0;
            while (bytes.size() - at >= sizeof block) {
                std::memcpy(&block, bytes.data() + at, sizeof block);
                if (((block ^ mask) & not_ascii) != 0)
                    break;
                at += sizeof block;
            }
            if (at == bytes.size())
                break;
        }
        if (!accept_byte(static_cast<std::uint8_t>(bytes[at] ^ key.at(at))))
            return false;
        ++at;
    }
    return true;
}

bool is_valid_utf8(std::string_view text) {
    utf8_validator validator;
    return validator.accept({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}) &&
           validator.is_complete();
}

} // namespace pulsegate
