#include "support/random_source.hpp"
#include "support/reference_decoder.hpp"
#include "support/scanner_driver.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::bytes_of;
using test::frame_spec;

constexpr test::mask_bytes mask{0x9A, 0x00, 0xFF, 0x41};

struct stream_row {
    std::string name;
    frame_scanner::rules rules;
    std::vector<frame_spec> frames;
    bool ends_in_violation = false;
};

std::vector<stream_row> streams() {
    const std::vector<frame_spec> plain{
        {.opcode = 1, .payload = bytes_of("h\xC3\xA9llo \xE2\x82\xAC")},
        {.opcode = 9, .payload = bytes_of("n")},
        {.opcode = 2, .payload = {}},
        {.opcode = 1, .payload = bytes_of("a\xF0\x9F"), .fin = false},
        {.opcode = 10, .payload = {}},
        {.opcode = 0, .payload = {}, .fin = false},
        {.opcode = 0, .payload = bytes_of("\x92\x9A!")},
        {.opcode = 8,
         .payload = bytes_of("\x03\xE8"
                             "bye")},
    };
    const std::vector<frame_spec> long_one{
        {.opcode = 2, .payload = test::byte_string(126, 0xC3)},
        {.opcode = 1, .payload = {}},
    };
    const std::vector<frame_spec> compressed{
        {.opcode = 1, .payload = {0xFF, 0xC0, 0x80}, .fin = false, .reserved_bits = 4},
        {.opcode = 9, .payload = {}},
        {.opcode = 0, .payload = {0xFF}},
        {.opcode = 2, .payload = {0xFE}, .reserved_bits = 4},
        {.opcode = 1, .payload = bytes_of("plain \xC3\xA9")},
    };
    const std::vector<frame_spec> heartbeats{
        {.opcode = 1, .payload = bytes_of("ping")},
        {.opcode = 1, .payload = bytes_of("pings")},
        {.opcode = 1, .payload = {}},
        {.opcode = 1, .payload = bytes_of("p"), .fin = false},
        {.opcode = 0, .payload = bytes_of("ing")},
        {.opcode = 2, .payload = bytes_of("ping")},
    };
    const auto then = [](std::vector<frame_spec> frames, const frame_spec& last) {
        frames.push_back(last);
        return frames;
    };
    const std::vector<frame_spec> begun{
        {.opcode = 2, .payload = {1, 2}},
        {.opcode = 1, .payload = bytes_of("a\xC3"), .fin = false},
        {.opcode = 9, .payload = {}},
    };
    return {
        {"an application's messages", {}, plain},
        {"a client's messages", {.masked = true}, plain},
        {"a frame with a two-byte length", {.masked = true}, long_one},
        {"compressed messages", {.masked = true, .compressed = true}, compressed},
        {"text heartbeats", {.masked = true, .held_text_bytes = 4}, heartbeats},
        {"a message that just fits", {.masked = true, .max_message_bytes = 11}, plain},
        {"text that breaks within a fragment",
         {.masked = true},
         then(begun, {.opcode = 0, .payload = bytes_of("\xA9 then \xFF again")}),
         true},
        {"text that breaks where fragments meet",
         {},
         then(begun, {.opcode = 0, .payload = bytes_of("xyz")}),
         true},
        {"text that ends within a character",
         {},
         then(begun, {.opcode = 0, .payload = bytes_of("\xA9 caf\xC3")}),
         true},
        {"text that ends within a character, in an empty frame",
         {.masked = true},
         then(begun, {.opcode = 0, .payload = {}}),
         true},
        {"a short text that is not UTF-8 and would be held",
         {.held_text_bytes = 9},
         {{.opcode = 2, .payload = {1}}, {.opcode = 1, .payload = bytes_of("ab\xC3")}},
         true},
        {"a reserved opcode inside a message",
         {},
         then(begun, {.opcode = 3, .payload = {1, 2, 3}}),
         true},
        {"fragments that are too big together",
         {.masked = true, .max_message_bytes = 6},
         then(begun, {.opcode = 0, .payload = bytes_of("\xA9 = 5")}),
         true},
        {"a new message inside another",
         {.masked = true},
         then(begun, {.opcode = 2, .payload = {9, 9}}),
         true},
    };
}

test::byte_string bytes_of_stream(const stream_row& row) {
    std::vector<frame_spec> frames = row.frames;
    if (row.rules.masked) {
        for (frame_spec& frame : frames)
            frame.mask = mask;
    }
    return test::build_all(frames);
}

TEST_CASE("a stream of frames gives the same result in two pieces, wherever it is split") {
    for (const stream_row& row : streams()) {
        CAPTURE(row.name);
        const auto stream = bytes_of_stream(row);
        const auto expected = test::reference_decoder(stream, row.rules).decode();
        CHECK(expected.why.has_value() == row.ends_in_violation);
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            const std::string wrong = difference(stream, row.rules, expected, {cut});
            if (!wrong.empty())
                FAIL_CHECK("cut at " << cut << ": " << wrong);
        }
    }
}

TEST_CASE("a stream of frames gives the same result in three pieces, wherever it is split") {
    for (const stream_row& row : streams()) {
        CAPTURE(row.name);
        const auto stream = bytes_of_stream(row);
        if (stream.size() > 100)
            continue;
        const auto expected = test::reference_decoder(stream, row.rules).decode();
        for (std::size_t first = 1; first < stream.size(); ++first) {
            for (std::size_t second = first; second < stream.size(); ++second) {
                const std::string wrong = difference(stream, row.rules, expected, {first, second});
                if (!wrong.empty())
                    FAIL("cuts at " << first << " and " << second << ": " << wrong);
            }
        }
    }
}

TEST_CASE("a stream of frames gives the same result byte by byte") {
    for (const stream_row& row : streams()) {
        CAPTURE(row.name);
        const auto stream = bytes_of_stream(row);
        const auto expected = test::reference_decoder(stream, row.rules).decode();
        std::vector<std::size_t> everywhere(stream.size());
        std::iota(everywhere.begin(), everywhere.end(), std::size_t{0});
        CHECK(difference(stream, row.rules, expected, everywhere) == "");
    }
}

TEST_CASE("a stream of frames that ends anywhere has passed what the plain decoder passes") {
    for (const stream_row& row : streams()) {
        CAPTURE(row.name);
        const auto stream = bytes_of_stream(row);
        for (std::size_t end = 0; end < stream.size(); ++end) {
            CAPTURE(end);
            const test::byte_string part(stream.begin(),
                                         stream.begin() + static_cast<std::ptrdiff_t>(end));
            const auto expected = test::reference_decoder(part, row.rules).decode();
            const std::string wrong = difference(part, row.rules, expected, {end / 2});
            if (!wrong.empty())
                FAIL_CHECK(wrong);
        }
    }
}

} // namespace
} // namespace pulsegate
