#include "support/frame_builder.hpp"
#include "websocket/frame_scanner.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace pulsegate {
namespace {

using test::build;
using test::build_header;
using test::byte_string;
using test::frame_spec;
using event = scan_step::event;

constexpr std::uint64_t greatest = (1ull << 63) - 1;

struct limit_row {
    std::string name;
    std::uint64_t limit;
    std::vector<std::uint64_t> fragments; // announced sizes; all but the last are sent whole
    bool is_too_big;                      // the last one is
};

TEST_CASE("the size limit counts a message over all its fragments, and the limit itself fits") {
    const limit_row rows[]{
        {"exactly the limit", 1000, {1000}, false},
        {"one byte too many", 1000, {1001}, true},
        {"exactly the limit in fragments", 1000, {400, 0, 599, 1}, false},
        {"one byte too many in fragments", 1000, {400, 0, 599, 2}, true},
        {"nothing behind the limit", 1000, {1000, 0}, false},
        {"one byte behind the limit", 1000, {1000, 1}, true},
        {"the greatest length there is", 1000, {greatest}, true},
        {"the greatest length behind a fragment", 1000, {999, greatest}, true},
        {"the greatest length as the limit", greatest, {greatest}, false},
        {"the greatest length as the limit, exceeded", greatest, {1, greatest}, true},
        {"a limit that no sum of lengths can pass", ~0ull, {3, greatest}, false},
        {"no limit", 0, {70'000, greatest}, false},
        {"limit of one byte", 1, {0, 0, 1}, false},
    };
    for (const limit_row& row : rows) {
        CAPTURE(row.name);
        frame_scanner scanner({.max_message_bytes = row.limit});
        for (std::size_t i = 0; i < row.fragments.size(); ++i) {
            CAPTURE(i);
            const bool is_last = i + 1 == row.fragments.size();
            frame_spec frame{.opcode = i == 0 ? 2 : 0, .fin = is_last};
            frame.announced = row.fragments[i];
            byte_string bytes = build_header(frame);
            if (!is_last)
                bytes.resize(bytes.size() + static_cast<std::size_t>(row.fragments[i]));
            const scan_step step = scanner.scan(bytes);
            if (is_last && row.is_too_big) {
                CHECK(step.what == event::violation);
                CHECK(step.why == violation::message_too_big);
                CHECK(step.pass == 0);
            } else {
                CHECK(step.what == event::used_up);
                CHECK(step.pass == bytes.size());
            }
        }
    }
}

TEST_CASE("each message has the whole size limit to itself") {
    frame_scanner scanner({.max_message_bytes = 10});
    const byte_string one = build({.opcode = 2, .payload = byte_string(10)});
    byte_string stream = one;
    stream.insert(stream.end(), one.begin(), one.end());
    const scan_step step = scanner.scan(stream);
    CHECK(step.what == event::used_up);
    CHECK(step.messages == 2);
}

TEST_CASE("control frames inside a message do not count for its size") {
    frame_scanner scanner({.max_message_bytes = 10});
    const byte_string ping = build({.opcode = 9, .payload = byte_string(100)});
    const byte_string first = build({.opcode = 2, .payload = byte_string(5), .fin = false});
    const byte_string last = build({.opcode = 0, .payload = byte_string(5)});
    CHECK(scanner.scan(first).what == event::used_up);
    CHECK(scanner.scan(ping).what == event::ping);
    CHECK(scanner.scan(last).what == event::used_up);
}

TEST_CASE("a held text message obeys the size limit") {
    frame_scanner scanner({.held_text_bytes = 125, .max_message_bytes = 3});
    CHECK(scanner.scan(build({.opcode = 1, .payload = byte_string(3, 'a')})).what == event::text);
    CHECK(scanner.scan(build({.opcode = 1, .payload = byte_string(4, 'a')})).why ==
          violation::message_too_big);
}

TEST_CASE("a frame of 100 MB streams through, and the next frame is read where it ends") {
    frame_scanner scanner({.masked = true});
    const test::mask_bytes mask{7, 7, 7, 7};
    constexpr std::uint64_t size = 100'000'000;
    (void)scanner.scan(build_header({.opcode = 2, .mask = mask, .announced = size}));
    const byte_string block(1 << 20);
    std::uint64_t left = size;
    while (left > block.size()) {
        const scan_step step = scanner.scan(block);
        CHECK(step.pass == block.size());
        left -= block.size();
    }
    byte_string last(static_cast<std::size_t>(left));
    const byte_string ping = build({.opcode = 9, .mask = mask});
    last.insert(last.end(), ping.begin(), ping.end());
    const scan_step step = scanner.scan(last);
    CHECK(step.what == event::ping);
    CHECK(step.pass == left);
    CHECK(step.messages == 1);
}

TEST_CASE("a limit that is changed counts from the next frame on, also inside a message") {
    frame_scanner scanner({.max_message_bytes = 100});
    const byte_string ten = byte_string(10, 'a');
    CHECK(scanner.scan(build({.opcode = 1, .payload = ten, .fin = false})).what == event::used_up);
    scanner.change_limits(0, 20);
    CHECK(scanner.scan(build({.opcode = 0, .payload = ten, .fin = false})).what == event::used_up);
    scanner.change_limits(0, 19);
    CHECK(scanner.scan(build({.opcode = 0, .payload = {}})).why == violation::message_too_big);
}

TEST_CASE("texts are held from the moment at which that is asked for") {
    frame_scanner scanner({});
    const byte_string text = build({.opcode = 1, .payload = byte_string(4, 'a')});
    CHECK(scanner.scan(text).what == event::used_up);
    scanner.change_limits(4, 0);
    CHECK(scanner.scan(text).what == event::text);
    scanner.change_limits(3, 0);
    CHECK(scanner.scan(text).what == event::used_up);
}

} // namespace
} // namespace pulsegate
