#include "support/frame_builder.hpp"
#include "support/scanner_driver.hpp"
#include "websocket/frame_scanner.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::build;
using test::build_all;
using test::build_header;
using test::byte_string;
using test::bytes_of;
using test::frame_spec;
using test::seen_event;
using event = scan_step::event;

constexpr test::mask_bytes mask{0x55, 0xAA, 0x0F, 0xF0};
constexpr frame_scanner::rules of_client{.masked = true};

byte_string operator+(byte_string left, const byte_string& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

TEST_CASE("nothing is read from nothing") {
    frame_scanner scanner(of_client);
    const scan_step step = scanner.scan({});
    CHECK(step.what == event::used_up);
    CHECK(step.pass == 0);
    CHECK(scanner.is_between_messages());
}

TEST_CASE("a batch of messages passes as it is, with one look") {
    const byte_string one = build({.opcode = 1, .payload = bytes_of("one"), .mask = mask});
    const byte_string two = build({.opcode = 2, .payload = byte_string(300), .mask = mask});
    const byte_string batch = one + two + one;
    frame_scanner scanner(of_client);
    const scan_step step = scanner.scan(batch);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == batch.size());
    CHECK(step.messages == 3);
}

TEST_CASE("control frames between fragments are handed out, and the fragments pass") {
    const byte_string first =
        build({.opcode = 1, .payload = bytes_of("he"), .fin = false, .mask = mask});
    const byte_string last = build({.opcode = 0, .payload = bytes_of("llo"), .mask = mask});
    const byte_string ping = build({.opcode = 9, .payload = bytes_of("now"), .mask = mask});
    const byte_string pong = build({.opcode = 10, .payload = {}, .mask = mask});
    test::scanner_driver driver(of_client);
    driver.feed(ping + first + ping + pong + last + pong);
    CHECK(driver.passed == first + last);
    CHECK(driver.messages == 1);
    CHECK(driver.events == std::vector<seen_event>{
                               {event::ping, 0, bytes_of("now")},
                               {event::ping, first.size(), bytes_of("now")},
                               {event::pong, first.size(), {}},
                               {event::pong, first.size() + last.size(), {}},
                           });
}

TEST_CASE("a ping between fragments may be answered at once, a text message may not go there") {
    const byte_string first =
        build({.opcode = 1, .payload = bytes_of("he"), .fin = false, .mask = mask});
    frame_scanner scanner(of_client);
    (void)scanner.scan(first);
    CHECK(scanner.is_between_frames());
    CHECK_FALSE(scanner.is_between_messages());
    (void)scanner.scan(build({.opcode = 0, .payload = {}, .mask = mask}));
    CHECK(scanner.is_between_messages());
}

TEST_CASE("empty messages and empty fragments pass and are counted") {
    const byte_string stream = build_all({{.opcode = 1},
                                          {.opcode = 2},
                                          {.opcode = 1, .fin = false},
                                          {.opcode = 0, .fin = false},
                                          {.opcode = 0}});
    frame_scanner scanner(frame_scanner::rules{});
    const scan_step step = scanner.scan(stream);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == stream.size());
    CHECK(step.messages == 3);
    CHECK(scanner.is_between_messages());
}

TEST_CASE("the header of a data frame passes before its payload is there") {
    const byte_string header = build_header({.opcode = 2, .mask = mask, .announced = 70'000});
    frame_scanner scanner(of_client);
    const scan_step step = scanner.scan(header);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == 14);
    CHECK(step.messages == 0);
    CHECK_FALSE(scanner.is_between_frames());
}

TEST_CASE("a scan for one frame stops at its end, wherever it began") {
    constexpr auto one_frame = frame_scanner::extent::frame;
    const byte_string first = build({.opcode = 2, .payload = {1, 2, 3}, .fin = false});
    const byte_string last = build({.opcode = 0, .payload = {4}});
    const byte_string both = first + last;
    frame_scanner scanner(frame_scanner::rules{});
    scan_step step = scanner.scan(std::span(both).first(3), one_frame);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == 3);
    CHECK_FALSE(scanner.is_between_frames());
    step = scanner.scan(std::span(both).subspan(3), one_frame);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == first.size() - 3);
    CHECK(step.messages == 0);
    CHECK(scanner.is_between_frames());
    step = scanner.scan(last, one_frame);
    CHECK(step.pass == last.size());
    CHECK(step.messages == 1);
}

TEST_CASE("a control frame is held until it is whole, the messages in front of it are not") {
    const byte_string message = build({.opcode = 2, .payload = {1, 2}, .mask = mask});
    const byte_string ping = build({.opcode = 9, .payload = byte_string(125, 0x5A), .mask = mask});
    byte_string stream = message + ping;
    const std::uint8_t last = stream.back();
    stream.pop_back();
    frame_scanner scanner(of_client);
    scan_step step = scanner.scan(stream);
    CHECK(step.what == event::need_more);
    CHECK(step.pass == message.size());
    CHECK(step.consumed == message.size());
    CHECK(step.messages == 1);
    CHECK(scanner.is_between_frames());

    byte_string again(stream.begin() + static_cast<std::ptrdiff_t>(message.size()), stream.end());
    CHECK(again.size() < max_unscanned_bytes);
    again.push_back(last);
    step = scanner.scan(again);
    CHECK(step.what == event::ping);
    CHECK(step.pass == 0);
    CHECK(step.consumed == ping.size());
    CHECK(step.payload.size() == 125);
    CHECK(step.key.bytes() == mask);
}

TEST_CASE("whole text messages up to the held size become events, all others pass") {
    constexpr frame_scanner::rules rules{.masked = true, .held_text_bytes = 4};
    struct {
        std::string name;
        frame_spec frame;
        bool is_held;
    } const rows[]{
        {"exactly the size", {.opcode = 1, .payload = bytes_of("ping"), .mask = mask}, true},
        {"shorter", {.opcode = 1, .payload = bytes_of("hi"), .mask = mask}, true},
        {"empty", {.opcode = 1, .payload = {}, .mask = mask}, true},
        {"longer", {.opcode = 1, .payload = bytes_of("pings"), .mask = mask}, false},
        {"binary", {.opcode = 2, .payload = bytes_of("ping"), .mask = mask}, false},
        {"fragment", {.opcode = 1, .payload = bytes_of("ping"), .fin = false, .mask = mask}, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const byte_string stream = build(row.frame);
        frame_scanner scanner(rules);
        const scan_step step = scanner.scan(stream);
        CHECK((step.what == event::text) == row.is_held);
        CHECK(step.pass == (row.is_held ? 0 : stream.size()));
        CHECK(step.consumed == stream.size());
        // Whoever forwards a held message counts it.
        CHECK(step.messages == (row.is_held || !row.frame.fin ? 0 : 1));
        CHECK(step.payload.size() == (row.is_held ? row.frame.payload.size() : 0));
    }
}

TEST_CASE("no text is held where no size is given, not even an empty message") {
    frame_scanner scanner(of_client);
    CHECK(scanner.scan(build({.opcode = 1, .mask = mask})).what == event::used_up);
}

TEST_CASE("the last fragment of a text is not taken for a short message") {
    constexpr frame_scanner::rules rules{.held_text_bytes = 100};
    const byte_string stream = build_all({{.opcode = 1, .payload = bytes_of("pi"), .fin = false},
                                          {.opcode = 0, .payload = bytes_of("ng")}});
    frame_scanner scanner(rules);
    const scan_step step = scanner.scan(stream);
    CHECK(step.what == event::used_up);
    CHECK(step.pass == stream.size());
}

TEST_CASE("compressed text is neither held nor checked, and plain text next to it is both") {
    constexpr frame_scanner::rules rules{.compressed = true, .held_text_bytes = 4};
    const byte_string squeezed =
        build({.opcode = 1, .payload = {0xFF, 0xFF}, .fin = false, .reserved_bits = 4});
    const byte_string rest = build({.opcode = 0, .payload = {0xFF}});
    frame_scanner scanner(rules);
    const scan_step step =
        scanner.scan(squeezed + rest + build({.opcode = 1, .payload = bytes_of("ping")}));
    CHECK(step.what == event::text);
    CHECK(step.pass == squeezed.size() + rest.size());
    const scan_step bad = scanner.scan(build({.opcode = 1, .payload = {0xFF}}));
    CHECK(bad.why == violation::bad_utf8);
}

} // namespace
} // namespace pulsegate
