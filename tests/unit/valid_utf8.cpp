#include "base/quoted.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::string_literals;
using pulsegate::to_valid_utf8;

namespace {

/// The encoding of a code point by RFC 3629 §3's bit patterns, also of those that are not allowed.
std::string encode(unsigned point) {
    const auto tail = [point](unsigned shift) {
        return static_cast<char>(0x80 | ((point >> shift) & 0x3F));
    };
    if (point < 0x80)
        return {static_cast<char>(point)};
    if (point < 0x800)
        return {static_cast<char>(0xC0 | (point >> 6)), tail(0)};
    if (point < 0x10000)
        return {static_cast<char>(0xE0 | (point >> 12)), tail(6), tail(0)};
    return {static_cast<char>(0xF0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

const std::string replacement = "\xEF\xBF\xBD";

std::string repeated(int times) {
    std::string text;
    for (int i = 0; i < times; ++i)
        text += replacement;
    return text;
}

} // namespace

TEST_CASE("every Unicode scalar value passes unchanged, and no surrogate does") {
    for (unsigned point = 0; point < 0x110000; ++point) {
        const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
        const std::string encoded = encode(point);
        if (to_valid_utf8(encoded) != (is_surrogate ? repeated(3) : encoded))
            FAIL("U+" << point);
    }
}

TEST_CASE("bytes outside a well-formed sequence are replaced one by one") {
    struct {
        std::string bytes;
        std::string text;
    } const rows[] = {
        {"", ""},
        {"\x80", repeated(1)},                        // a tail without a head
        {"a\xC3", "a" + repeated(1)},                 // cut short
        {"\xE2\x82", repeated(2)},                    //
        {"\xC0\x80", repeated(2)},                    // overlong NUL
        {"\xC1\xBF", repeated(2)},                    // overlong
        {"\xE0\x9F\xBF", repeated(3)},                // overlong
        {"\xF0\x8F\xBF\xBF", repeated(4)},            // overlong
        {"\xF4\x90\x80\x80", repeated(4)},            // U+110000
        {"\xF5\x80\x80\x80", repeated(4)},            // above all
        {"\xC3z\xC3\xA9", replacement + "z\xC3\xA9"}, // recovers at once
        {"\xF0\x9F\x98\x80\xFF", "\xF0\x9F\x98\x80" + replacement},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(to_valid_utf8(row.bytes) == row.text);
    }
}

TEST_CASE("text that is to be short ends with a whole character") {
    const std::string text = "a\xC3\xA9\xF0\x9F\x98\x80"; // 1, 2 and 4 bytes
    CHECK(to_valid_utf8(text, 7) == text);
    CHECK(to_valid_utf8(text, 100) == text);
    for (const std::size_t most : {3u, 4u, 5u, 6u})
        CHECK(to_valid_utf8(text, most) == "a\xC3\xA9");
    CHECK(to_valid_utf8(text, 2) == "a");
    CHECK(to_valid_utf8(text, 0) == "");
    CHECK(to_valid_utf8("\xFF\xFF", 5) == "\xEF\xBF\xBD"); // what stands in counts too
}
