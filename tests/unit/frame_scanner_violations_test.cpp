#include "support/frame_builder.hpp"
#include "support/scanner_driver.hpp"
#include "websocket/frame_scanner.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::build;
using test::bytes_of;
using test::frame_spec;
using test::length_form;

using rules = frame_scanner::rules;

constexpr test::mask_bytes mask{1, 2, 3, 4};
constexpr rules of_client{.masked = true};
constexpr rules of_app{};
constexpr rules compressed{.masked = true, .compressed = true};
constexpr std::uint64_t huge = 1ull << 63;

struct violation_row {
    std::string name;
    rules what;
    std::vector<frame_spec> before; // valid
    frame_spec offence;
    violation why;
};

const frame_spec fragment{.opcode = 2, .payload = {1, 2, 3}, .fin = false, .mask = mask};
const frame_spec small{.opcode = 2, .payload = {7}, .mask = mask};

const std::vector<violation_row> rows{
    {"client, unmasked", of_client, {}, {.opcode = 1}, violation::not_masked},
    {"client, unmasked ping", of_client, {small}, {.opcode = 9}, violation::not_masked},
    {"client, unmasked fragment", of_client, {fragment}, {.opcode = 0}, violation::not_masked},
    {"app, masked", of_app, {}, {.opcode = 1, .mask = mask}, violation::masked},
    {"app, masked close", of_app, {}, {.opcode = 8, .mask = mask}, violation::masked},
    {"RSV1, text",
     of_client,
     {small},
     {.opcode = 1, .reserved_bits = 4, .mask = mask},
     violation::reserved_bits},
    {"RSV2",
     compressed,
     {},
     {.opcode = 1, .reserved_bits = 2, .mask = mask},
     violation::reserved_bits},
    {"RSV3",
     compressed,
     {},
     {.opcode = 2, .reserved_bits = 1, .mask = mask},
     violation::reserved_bits},
    {"RSV1 and RSV2",
     compressed,
     {},
     {.opcode = 2, .reserved_bits = 6, .mask = mask},
     violation::reserved_bits},
    {"RSV1 in a later fragment",
     compressed,
     {fragment},
     {.opcode = 0, .reserved_bits = 4, .mask = mask},
     violation::reserved_bits},
    {"RSV1 in a ping",
     compressed,
     {},
     {.opcode = 9, .reserved_bits = 4, .mask = mask},
     violation::reserved_bits},
    {"RSV1 in a close",
     compressed,
     {},
     {.opcode = 8, .reserved_bits = 4, .mask = mask},
     violation::reserved_bits},
    {"opcode 3", of_client, {small}, {.opcode = 3, .mask = mask}, violation::reserved_opcode},
    {"opcode 7", of_client, {}, {.opcode = 7, .mask = mask}, violation::reserved_opcode},
    {"opcode 11", of_client, {}, {.opcode = 11, .mask = mask}, violation::reserved_opcode},
    {"opcode 15", of_client, {}, {.opcode = 15, .mask = mask}, violation::reserved_opcode},
    {"short length in two bytes",
     of_client,
     {small},
     {.opcode = 2, .payload = {1}, .mask = mask, .form = length_form::two_bytes},
     violation::bad_length},
    {"middle length in eight bytes",
     of_client,
     {},
     {.opcode = 2, .mask = mask, .form = length_form::eight_bytes, .announced = 65'535},
     violation::bad_length},
    {"length 2^63",
     of_client,
     {},
     {.opcode = 2, .mask = mask, .announced = huge},
     violation::bad_length},
    {"ping with its length in two bytes",
     of_client,
     {},
     {.opcode = 9, .payload = {1}, .mask = mask, .form = length_form::two_bytes},
     violation::bad_length},
    {"ping of 126 bytes",
     of_client,
     {small},
     {.opcode = 9, .payload = test::byte_string(126), .mask = mask},
     violation::control_too_long},
    {"close of 65536 bytes",
     of_app,
     {},
     {.opcode = 8, .announced = 65'536},
     violation::control_too_long},
    {"fragmented ping",
     of_client,
     {},
     {.opcode = 9, .fin = false, .mask = mask},
     violation::control_fragmented},
    {"fragmented close",
     of_client,
     {fragment},
     {.opcode = 8, .fin = false, .mask = mask},
     violation::control_fragmented},
    {"continuation first",
     of_client,
     {},
     {.opcode = 0, .mask = mask},
     violation::stray_continuation},
    {"continuation behind a whole message",
     of_client,
     {small},
     {.opcode = 0, .payload = {1}, .mask = mask},
     violation::stray_continuation},
    {"continuation behind the last fragment",
     of_client,
     {fragment, {.opcode = 0, .mask = mask}},
     {.opcode = 0, .fin = false, .mask = mask},
     violation::stray_continuation},
    {"text in a message",
     of_client,
     {fragment},
     {.opcode = 1, .mask = mask},
     violation::unfinished_message},
    {"short text in a message, which would be held",
     {.masked = true, .held_text_bytes = 9},
     {fragment},
     {.opcode = 1, .payload = {65}, .mask = mask},
     violation::unfinished_message},
    {"binary in a message",
     of_client,
     {fragment},
     {.opcode = 2, .fin = false, .mask = mask},
     violation::unfinished_message},
    {"message of one byte too many",
     {.masked = true, .max_message_bytes = 3},
     {fragment},
     {.opcode = 0, .payload = {1}, .mask = mask},
     violation::message_too_big},
    {"text that is not UTF-8",
     of_client,
     {small},
     {.opcode = 1, .payload = bytes_of("ab\xFFyz"), .mask = mask},
     violation::bad_utf8},
    {"text fragment that is not UTF-8",
     of_client,
     {small},
     {.opcode = 1, .payload = bytes_of("\xC3("), .fin = false, .mask = mask},
     violation::bad_utf8},
    {"uncompressed text that is not UTF-8",
     compressed,
     {},
     {.opcode = 1, .payload = bytes_of("\xC3"), .mask = mask},
     violation::bad_utf8},
};

frame_spec fit(frame_spec frame, const rules& what) {
    if (!what.masked)
        frame.mask.reset();
    return frame;
}

test::byte_string build_before(const violation_row& row) {
    std::vector<frame_spec> frames;
    for (const frame_spec& one : row.before)
        frames.push_back(fit(one, row.what));
    return test::build_all(frames);
}

TEST_CASE("each violation is told by its name, and nothing of its frame passes") {
    for (const violation_row& row : rows) {
        CAPTURE(row.name);
        const auto before = build_before(row);
        auto stream = before;
        for (const std::uint8_t byte : build(row.offence))
            stream.push_back(byte);
        // Good bytes behind the offence change nothing.
        stream.insert(stream.end(), 20, 0x82);

        frame_scanner scanner(row.what);
        const scan_step step = scanner.scan(stream);
        CHECK(step.what == scan_step::event::violation);
        CHECK(to_string(step.why) == std::string(to_string(row.why)));
        CHECK(step.pass == before.size());
        CHECK(step.consumed == before.size());
        CHECK(scanner.is_between_frames());
    }
}

TEST_CASE("a violation in a header is found with the header's last byte, none of it passed on") {
    for (const violation_row& row : rows) {
        if (row.why == violation::bad_utf8)
            continue;
        CAPTURE(row.name);
        const auto before = build_before(row);
        const auto header = build_header(row.offence);
        test::scanner_driver driver(row.what);
        for (const std::uint8_t byte : before)
            driver.feed({&byte, 1});
        for (std::size_t i = 0; i < header.size(); ++i) {
            CHECK_FALSE(driver.why);
            driver.feed({&header[i], 1});
        }
        CHECK(driver.why == row.why);
        CHECK(driver.passed == before);
        CHECK(driver.broken_promise == "");
    }
}

TEST_CASE("every violation has a row in the table, and words of its own") {
    std::set<violation> in_table;
    std::set<std::string> words;
    for (const violation_row& row : rows) {
        in_table.insert(row.why);
        words.insert(to_string(row.why));
    }
    for (int value = 0; value <= static_cast<int>(violation::bad_utf8); ++value)
        CHECK(in_table.contains(static_cast<violation>(value)));
    CHECK(words.size() == in_table.size());
    CHECK_FALSE(words.contains("unknown"));
}

TEST_CASE("text that cannot become UTF-8 is refused in the middle of its frame") {
    auto stream =
        build({.opcode = 1, .payload = bytes_of("good \xED"), .mask = mask, .announced = 1000});
    frame_scanner scanner(of_client);
    const scan_step first = scanner.scan(stream);
    CHECK(first.what == scan_step::event::used_up);
    CHECK(first.pass == stream.size());

    // 0xA0 behind 0xED would make a surrogate. The key goes on where the last input ended.
    const std::uint8_t next = 0xA0 ^ mask[6 % 4];
    const scan_step second = scanner.scan({&next, 1});
    CHECK(second.what == scan_step::event::violation);
    CHECK(second.why == violation::bad_utf8);
    CHECK(second.pass == 0);
    CHECK_FALSE(scanner.is_between_frames());
}

} // namespace
} // namespace pulsegate
