#include "support/frame_builder.hpp"
#include "websocket/close_payload.hpp"
#include "websocket/frame_header.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::byte_string;

byte_string close_body(std::uint16_t code, std::string_view reason = {}) {
    byte_string body;
    body.push_back(static_cast<std::uint8_t>(code / 256));
    body.push_back(static_cast<std::uint8_t>(code % 256));
    for (const char byte : reason)
        body.push_back(static_cast<std::uint8_t>(byte));
    return body;
}

TEST_CASE("a Close frame may carry the codes of RFC 6455 §7.4 and IANA's registry, no others") {
    // 1004, 1005, 1006 and 1015 are registered, but never stand in a frame.
    const std::vector<int> registered{1000, 1001, 1002, 1003, 1007, 1008,
                                      1009, 1010, 1011, 1012, 1013, 1014};
    for (int code = 0; code <= 65535; ++code) {
        const bool is_for_libraries_and_applications = code >= 3000 && code < 5000;
        const bool expected =
            is_for_libraries_and_applications ||
            std::find(registered.begin(), registered.end(), code) != registered.end();
        if (is_valid_close_code(static_cast<std::uint16_t>(code)) != expected)
            FAIL("code " << code);
        const auto parsed = parse_close(close_body(static_cast<std::uint16_t>(code)));
        if (parsed.error.has_value() == expected || (expected && parsed.payload.code != code))
            FAIL("frame with code " << code);
    }
}

TEST_CASE("a Close frame without a body has no code and no reason") {
    const parsed_close parsed = parse_close({});
    CHECK_FALSE(parsed.error);
    CHECK(parsed.payload == close_payload{0, ""});
}

TEST_CASE("half a close code is refused") {
    const byte_string body{0x03};
    CHECK(parse_close(body).error == close_error::one_byte_body);
}

TEST_CASE("a close code stands in front of its reason, high byte first") {
    const parsed_close parsed = parse_close(close_body(4001, "timeout"));
    CHECK_FALSE(parsed.error);
    CHECK(parsed.payload == close_payload{4001, "timeout"});
}

TEST_CASE("the longest reason has 123 bytes") {
    const std::string reason(123, 'x');
    const parsed_close parsed = parse_close(close_body(1000, reason));
    CHECK_FALSE(parsed.error);
    CHECK(parsed.payload.reason == reason);
}

TEST_CASE("a close reason that is not UTF-8 is refused, also one that ends inside a character") {
    CHECK(parse_close(close_body(1000, "\xFF")).error == close_error::bad_utf8);
    CHECK(parse_close(close_body(1000, "caf\xC3")).error == close_error::bad_utf8);
    CHECK_FALSE(parse_close(close_body(1000, "caf\xC3\xA9")).error);
}

TEST_CASE("a bad code is refused as such even if the reason is bad as well") {
    CHECK(parse_close(close_body(1006, "\xFF")).error == close_error::bad_code);
}

TEST_CASE("a Close frame that the gateway makes can be read back, masked or not") {
    const std::vector<std::optional<test::mask_bytes>> masks{std::nullopt,
                                                             test::mask_bytes{1, 2, 3, 0xFE}};
    for (const auto& mask : masks) {
        const auto key = mask ? std::optional(masking_key(*mask)) : std::nullopt;
        const short_frame frame = make_close_frame({1012, "service restart"}, key);
        const byte_string expected = test::build(
            {.opcode = 0x8, .payload = close_body(1012, "service restart"), .mask = mask});
        CHECK(std::equal(frame.bytes().begin(), frame.bytes().end(), expected.begin(),
                         expected.end()));
    }
}

TEST_CASE("a Close frame without a code has no body, whatever its reason") {
    const short_frame frame = make_close_frame({0, "lost"}, std::nullopt);
    CHECK(byte_string(frame.bytes().begin(), frame.bytes().end()) == byte_string{0x88, 0x00});
}

TEST_CASE("a reason that is too long is cut between two characters") {
    struct {
        std::string tail; // behind 122 bytes of ASCII
        std::size_t kept;
    } const rows[]{
        {"", 122},
        {"a", 123},
        {"ab", 123},
        {"\xC3\xA9", 122},         // two bytes: the second does not fit
        {"\xE2\x82\xAC", 122},     // three bytes
        {"\xF0\x9F\x92\x9A", 122}, // four bytes
        {"a\xC3\xA9", 123},        // cut exactly in front of a character
    };
    for (const auto& row : rows) {
        const std::string reason = std::string(122, 'x') + row.tail;
        CAPTURE(reason);
        const short_frame frame = make_close_frame({1000, reason}, std::nullopt);
        const auto parsed = parse_close(frame.bytes().subspan(2));
        CHECK_FALSE(parsed.error);
        CHECK(parsed.payload.reason == reason.substr(0, row.kept));
        CHECK(frame.bytes()[1] == 2 + row.kept);
    }
}

TEST_CASE("a reason of nothing but long characters is cut between two of them") {
    std::string reason;
    while (reason.size() < 200)
        reason += "\xF0\x9F\x92\x9A";
    const auto parsed = parse_close(make_close_frame({1000, reason}, {}).bytes().subspan(2));
    CHECK_FALSE(parsed.error);
    CHECK(parsed.payload.reason == reason.substr(0, 120));
}

} // namespace
} // namespace pulsegate
