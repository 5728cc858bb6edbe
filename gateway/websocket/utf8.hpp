// UTF-8 validation (RFC 3629) of text that arrives in pieces and may be masked. Pure.
#pragma once

#include "websocket/masking_key.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

class utf8_validator {
public:
    /// Takes the next bytes of the text, masked with `key` (the key for bytes[0] comes first in
    /// it). False as soon as no continuation could make the text valid; the validator is then
    /// spent.
    [[nodiscard]] bool accept(std::span<const std::uint8_t> bytes, masking_key key = {});

    /// True if the text may end here, that is, not inside a character.
    [[nodiscard]] bool is_complete() const { return continuations_ == 0; }

private:
    [[nodiscard]] bool accept_byte(std::uint8_t byte);

    std::uint8_t continuations_ = 0; // bytes that the current character still needs
    std::uint8_t least_ = 0x80;      // bounds of its next byte: they exclude overlong forms,
    std::uint8_t most_ = 0xBF;       // surrogates and code points past U+10FFFF
};

/// The same of a whole text.
[[nodiscard]] bool is_valid_utf8(std::span<const std::uint8_t> text, masking_key key = {});
[[nodiscard]] bool is_valid_utf8(std::string_view text);

} // namespace pulsegate
