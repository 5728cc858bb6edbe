#include "support/random_source.hpp"
#include "support/utf8_oracle.hpp"
#include "websocket/utf8.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace pulsegate {
namespace {

/// True if the validator and the oracle agree on the bytes and, where these are refused, on the
/// byte that is refused.
bool agrees(std::span<const std::uint8_t> text) {
    const auto expected = test::the_utf8_oracle().judge(text);
    utf8_validator whole;
    if (whole.accept(text) != (expected.good == text.size()))
        return false;
    if (expected.good == text.size())
        return whole.is_complete() == expected.is_complete;
    utf8_validator beginning;
    return beginning.accept(text.first(expected.good)) &&
           beginning.is_complete() == expected.is_complete &&
           !beginning.accept(text.subspan(expected.good, 1));
}

std::string spell(std::span<const std::uint8_t> text) {
    std::string out;
    for (const int byte : text)
        out += std::to_string(byte) + ' ';
    return out;
}

TEST_CASE("every code point of Unicode but the surrogates is valid UTF-8") {
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (code_point == 0xD800)
            code_point = 0xE000;
        const auto character = test::encode_utf8(code_point);
        utf8_validator validator;
        if (!validator.accept(character) || !validator.is_complete())
            FAIL("code point " << code_point);
    }
}

TEST_CASE("every sequence of one or two bytes is judged as the oracle judges it") {
    std::array<std::uint8_t, 2> text{};
    for (unsigned first = 0; first < 256; ++first) {
        text[0] = static_cast<std::uint8_t>(first);
        if (!agrees(std::span(text).first(1)))
            FAIL(spell(std::span(text).first(1)));
        for (unsigned second = 0; second < 256; ++second) {
            text[1] = static_cast<std::uint8_t>(second);
            if (!agrees(text))
                FAIL(spell(text));
        }
    }
}

TEST_CASE("every sequence of three bytes behind E0, ED, EF and F4 is judged as the oracle does") {
    std::array<std::uint8_t, 3> text{};
    for (const unsigned first : {0xE0u, 0xEDu, 0xEFu, 0xF4u}) {
        text[0] = static_cast<std::uint8_t>(first);
        for (unsigned rest = 0; rest < 65536; ++rest) {
            text[1] = static_cast<std::uint8_t>(rest >> 8);
            text[2] = static_cast<std::uint8_t>(rest & 255);
            if (!agrees(text))
                FAIL(spell(text));
        }
    }
}

TEST_CASE("every sequence of four bytes from the limits of RFC 3629 is judged as the oracle does") {
    constexpr std::array<std::uint8_t, 20> limits{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                                  0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED,
                                                  0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
    for (const std::uint8_t a : limits) {
        for (const std::uint8_t b : limits) {
            for (const std::uint8_t c : limits) {
                for (const std::uint8_t d : limits) {
                    const std::array<std::uint8_t, 4> text{a, b, c, d};
                    if (!agrees(text))
                        FAIL(spell(text));
                }
            }
        }
    }
}

TEST_CASE("long random text, mostly valid, is judged as the oracle judges it") {
    for (const std::uint64_t seed : test::seeds(60)) {
        CAPTURE(seed);
        test::random_source random(seed);
        std::vector<std::uint8_t> text;
        while (text.size() < 300) {
            const bool plain = !random.is_one_in(4);
            const std::uint64_t bits = random.between(7, 20);
            std::uint64_t code_point = random.below(plain ? 0x80 : 1ull << bits);
            if (code_point >= 0xD800 && code_point < 0xE000)
                code_point += 0x800;
            const auto one = test::encode_utf8(static_cast<std::uint32_t>(code_point));
            text.insert(text.end(), one.begin(), one.end());
        }
        CHECK(agrees(text));
        text[random.below(text.size())] = random.byte();
        CHECK(agrees(text));
        CHECK(agrees(std::span(text).first(random.below(text.size()))));
    }
}

} // namespace
} // namespace pulsegate
