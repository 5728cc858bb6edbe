#include "support/frame_builder.hpp"
#include "support/utf8_oracle.hpp"
#include "websocket/frame_header.hpp"
#include "websocket/utf8.hpp"

#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::byte_string;

struct utf8_row {
    std::string name;
    byte_string bytes;
    std::size_t good; // bytes that can still become valid text
    bool complete;    // these end between two characters
};

// The limits of RFC 3629 §3 and §4, one on either side of each.
const std::vector<utf8_row> rows{
    {"nothing", {}, 0, true},
    {"NUL", {0x00}, 1, true},
    {"last of one byte, U+007F", {0x7F}, 1, true},
    {"stray continuation byte", {0x80}, 0, true},
    {"stray continuation byte, the last", {0xBF}, 0, true},
    {"overlong two bytes, C0", {0xC0, 0x80}, 0, true},
    {"overlong two bytes, C1", {0xC1, 0xBF}, 0, true},
    {"first of two bytes, U+0080", {0xC2, 0x80}, 2, true},
    {"last of two bytes, U+07FF", {0xDF, 0xBF}, 2, true},
    {"two bytes, second too small", {0xC2, 0x7F}, 1, false},
    {"two bytes, second too large", {0xC2, 0xC0}, 1, false},
    {"two bytes, cut", {0xC3}, 1, false},
    {"overlong three bytes", {0xE0, 0x9F, 0xBF}, 1, false},
    {"first of three bytes, U+0800", {0xE0, 0xA0, 0x80}, 3, true},
    {"three bytes, third too small", {0xE1, 0x80, 0x7F}, 2, false},
    {"three bytes, third too large", {0xE1, 0x80, 0xC0}, 2, false},
    {"three bytes, cut after one", {0xE2}, 1, false},
    {"three bytes, cut after two", {0xE2, 0x82}, 2, false},
    {"last before the surrogates, U+D7FF", {0xED, 0x9F, 0xBF}, 3, true},
    {"first surrogate, U+D800", {0xED, 0xA0, 0x80}, 1, false},
    {"last surrogate, U+DFFF", {0xED, 0xBF, 0xBF}, 1, false},
    {"first after the surrogates, U+E000", {0xEE, 0x80, 0x80}, 3, true},
    {"byte order mark, U+FEFF", {0xEF, 0xBB, 0xBF}, 3, true},
    {"last of three bytes, U+FFFF", {0xEF, 0xBF, 0xBF}, 3, true},
    {"overlong four bytes", {0xF0, 0x8F, 0xBF, 0xBF}, 1, false},
    {"first of four bytes, U+10000", {0xF0, 0x90, 0x80, 0x80}, 4, true},
    {"four bytes, cut after one", {0xF0}, 1, false},
    {"four bytes, cut after two", {0xF0, 0x9F}, 2, false},
    {"four bytes, cut after three", {0xF0, 0x9F, 0x92}, 3, false},
    {"four bytes, fourth too large", {0xF0, 0x9F, 0x92, 0xC0}, 3, false},
    {"last of all, U+10FFFF", {0xF4, 0x8F, 0xBF, 0xBF}, 4, true},
    {"past the end, U+110000", {0xF4, 0x90, 0x80, 0x80}, 1, false},
    {"lead byte F5", {0xF5, 0x80, 0x80, 0x80}, 0, true},
    {"lead byte F8 of five bytes", {0xF8, 0x88, 0x80, 0x80, 0x80}, 0, true},
    {"lead byte FE", {0xFE}, 0, true},
    {"lead byte FF", {0xFF}, 0, true},
    {"narrow range of E0 ends with its character", {0xE0, 0xA0, 0x80, 0xE1, 0x80, 0x80}, 6, true},
    {"narrow range of ED ends with its character", {0xED, 0x9F, 0xBF, 0xE1, 0xBF, 0xBF}, 6, true},
    {"character inside a character", {0xE2, 0x82, 0xC3, 0xA4}, 2, false},
};

/// Takes the text byte by byte; gives the number of bytes that were taken.
std::size_t accepted(const byte_string& text, bool& complete) {
    utf8_validator validator;
    for (std::size_t i = 0; i < text.size(); ++i) {
        complete = validator.is_complete();
        if (!validator.accept(std::span(text).subspan(i, 1)))
            return i;
    }
    complete = validator.is_complete();
    return text.size();
}

TEST_CASE("UTF-8 is refused at the first byte that no text could have there") {
    for (const utf8_row& row : rows) {
        CAPTURE(row.name);
        bool complete = false;
        CHECK(accepted(row.bytes, complete) == row.good);
        CHECK(complete == row.complete);
        const std::string text(row.bytes.begin(), row.bytes.end());
        CHECK(is_valid_utf8(text) == (row.good == row.bytes.size() && row.complete));
    }
}

TEST_CASE("the table of UTF-8 limits agrees with the oracle that the other tests use") {
    for (const utf8_row& row : rows) {
        CAPTURE(row.name);
        const auto verdict = test::the_utf8_oracle().judge(row.bytes);
        CHECK(verdict.good == row.good);
        CHECK(verdict.is_complete == row.complete);
    }
}

/// Whether text in two pieces, under every phase of the mask, is judged as the oracle judges it.
void check_pieces(const byte_string& text, std::size_t first_split, std::size_t last_split) {
    constexpr masking_key key({0x80, 0x7F, 0xA5, 0x00});
    const auto expected = test::the_utf8_oracle().judge(text);
    for (std::size_t phase = 0; phase < 4; ++phase) {
        byte_string masked(text.size());
        (void)unmask(text, key.from(phase), masked);
        for (std::size_t split = first_split; split <= last_split; ++split) {
            utf8_validator validator;
            const std::span<const std::uint8_t> all(masked);
            const bool first = validator.accept(all.first(split), key.from(phase));
            const bool second =
                first && validator.accept(all.subspan(split), key.from(phase + split));
            if (first != (split <= expected.good) || second != (expected.good == text.size()) ||
                (second && validator.is_complete() != expected.is_complete))
                FAIL("phase=" << phase << " split=" << split);
        }
    }
}

// The validator looks at 16, 64 and 128 bytes at once where it can, so text of one byte each stands
// around every row, in every alignment.
TEST_CASE("UTF-8 is judged alike in two pieces at every offset, under every phase of the mask") {
    for (const utf8_row& row : rows) {
        CAPTURE(row.name);
        for (std::size_t before = 0; before < 18; ++before) {
            CAPTURE(before);
            byte_string text(before, 'a');
            text.insert(text.end(), row.bytes.begin(), row.bytes.end());
            text.insert(text.end(), 17, 'b');
            check_pieces(text, 0, text.size());
        }
    }
}

// Masked text that is not ASCII is unmasked 1024 bytes at a time.
TEST_CASE("UTF-8 is judged alike wherever a block of it ends") {
    for (const utf8_row& row : rows) {
        CAPTURE(row.name);
        for (const std::size_t end : {64u, 128u, 192u, 1024u, 2048u}) {
            for (std::size_t before = end - 8; before < end + 4; ++before) {
                CAPTURE(before);
                byte_string text{0xC3, 0xA4};
                text.resize(before, 'a');
                text.insert(text.end(), row.bytes.begin(), row.bytes.end());
                check_pieces(text, before - 1, text.size());
                text.insert(text.end(), 17, 'b');
                check_pieces(text, 0, 1);
                text.insert(text.end(), 200, 'b');
                check_pieces(text, before, before + 1);
            }
        }
    }
}

} // namespace
} // namespace pulsegate
