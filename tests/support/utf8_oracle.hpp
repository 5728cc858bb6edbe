// Judges UTF-8 without any rule about its bytes: it encodes every code point of Unicode except the
// surrogates (RFC 3629 §3) and remembers what encodings begin with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pulsegate::test {

struct encoded_character {
    std::array<std::uint8_t, 4> bytes{};
    std::size_t size = 0;

    [[nodiscard]] const std::uint8_t* begin() const { return bytes.data(); }
    [[nodiscard]] const std::uint8_t* end() const { return bytes.data() + size; }
};

/// The bytes of one code point, by the table of RFC 3629 §3.
inline encoded_character encode_utf8(std::uint32_t code_point) {
    const auto head = [&](unsigned mark, unsigned shift) {
        return static_cast<std::uint8_t>(mark + (code_point >> shift));
    };
    const auto tail = [&](unsigned shift) {
        return static_cast<std::uint8_t>(0x80 + (code_point >> shift) % 64);
    };
    if (code_point < 0x80)
        return {{head(0, 0)}, 1};
    if (code_point < 0x800)
        return {{head(0xC0, 6), tail(0)}, 2};
    if (code_point < 0x10000)
        return {{head(0xE0, 12), tail(6), tail(0)}, 3};
    return {{head(0xF0, 18), tail(12), tail(6), tail(0)}, 4};
}

class utf8_oracle {
public:
    utf8_oracle() {
        for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
            if (code_point == 0xD800)
                code_point = 0xE000;
            if (code_point < 0x80) {
                whole_[0][code_point] = true;
                continue;
            }
            // The last byte needs no table: the 64 code points that differ in it exist together.
            const encoded_character character = encode_utf8(code_point);
            std::size_t key = 0;
            for (std::size_t i = 0; i + 1 < character.size; ++i) {
                key = key << 8 | character.bytes[i];
                begun_[i][key] = true;
            }
            whole_[character.size - 1][key] = true;
            code_point |= 63;
        }
    }

    struct verdict {
        std::size_t good = 0;    // length of the longest beginning that can still become valid
        bool is_complete = true; // that beginning ends between two characters
    };

    [[nodiscard]] verdict judge(std::span<const std::uint8_t> text) const {
        verdict result;
        std::size_t key = 0;
        std::size_t length = 0; // of the character so far
        for (const std::uint8_t byte : text) {
            const bool ends =
                length == 0 ? whole_[0][byte] : whole_[length][key] && (byte & 0xC0) == 0x80;
            const std::size_t longer = key << 8 | byte;
            const bool goes_on = !ends && length < 3 && begun_[length][longer];
            if (!ends && !goes_on)
                return result;
            ++result.good;
            result.is_complete = ends;
            key = ends ? 0 : longer;
            length = ends ? 0 : length + 1;
        }
        return result;
    }

private:
    // begun_[n]: these n + 1 bytes are the beginning of a longer character.
    std::array<std::vector<bool>, 3> begun_{std::vector<bool>(1u << 8), std::vector<bool>(1u << 16),
                                            std::vector<bool>(1u << 24)};
    // whole_[0]: this byte is a character; whole_[n]: these n bytes lack one continuation byte.
    std::array<std::vector<bool>, 4> whole_{std::vector<bool>(1u << 8), std::vector<bool>(1u << 8),
                                            std::vector<bool>(1u << 16),
                                            std::vector<bool>(1u << 24)};
};

/// Built once: it takes a moment.
inline const utf8_oracle& the_utf8_oracle() {
    static const utf8_oracle oracle;
    return oracle;
}

} // namespace pulsegate::test
