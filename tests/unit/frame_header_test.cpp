#include "support/frame_builder.hpp"
#include "websocket/frame_header.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <vector>

namespace pulsegate {
namespace {

using test::build_header;
using test::byte_string;
using test::frame_spec;
using test::length_form;

constexpr test::mask_bytes mask{0xDE, 0xAD, 0xBE, 0xEF};

struct length_row {
    std::uint64_t length;
    length_form form;
    std::size_t header_bytes; // unmasked
    bool valid;
};

const std::vector<length_row> lengths{
    {0, length_form::shortest, 2, true},
    {1, length_form::shortest, 2, true},
    {125, length_form::shortest, 2, true},
    {126, length_form::shortest, 4, true},
    {127, length_form::shortest, 4, true},
    {65'535, length_form::shortest, 4, true},
    {65'536, length_form::shortest, 10, true},
    {(1ull << 32) + 5, length_form::shortest, 10, true},
    {(1ull << 63) - 1, length_form::shortest, 10, true},
    {0, length_form::two_bytes, 4, false},
    {125, length_form::two_bytes, 4, false},
    {0, length_form::eight_bytes, 10, false},
    {125, length_form::eight_bytes, 10, false},
    {126, length_form::eight_bytes, 10, false},
    {65'535, length_form::eight_bytes, 10, false},
    {1ull << 63, length_form::shortest, 10, false},
    {~0ull, length_form::shortest, 10, false},
};

TEST_CASE("a length is valid in its shortest form and below 2^63, nothing else") {
    for (const length_row& row : lengths) {
        for (const bool masked : {false, true}) {
            CAPTURE(row.length);
            CAPTURE(masked);
            frame_spec spec{.form = row.form, .announced = row.length};
            if (masked)
                spec.mask = mask;
            const auto header = read_frame_header(build_header(spec));
            REQUIRE(header);
            CHECK(header->payload_bytes == row.length);
            CHECK(header->header_bytes == row.header_bytes + (masked ? 4 : 0));
            CHECK(header->is_length_valid == row.valid);
            CHECK(header->masked == masked);
            CHECK(header->key.bytes() == (masked ? mask : test::mask_bytes{}));
        }
    }
}

TEST_CASE("a header is read once all of it is there, and not before") {
    for (const length_row& row : lengths) {
        const byte_string bytes =
            build_header({.mask = mask, .form = row.form, .announced = row.length});
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            CAPTURE(n);
            // A copy of exactly this size, so that reading past its end is seen.
            const byte_string part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
            CHECK_FALSE(read_frame_header(part));
        }
        CHECK(read_frame_header(bytes));
        CHECK(bytes.size() <= max_header_bytes);
    }
}

TEST_CASE("bytes behind a header do not change what is read") {
    byte_string bytes = build_header({.opcode = 0x1, .mask = mask, .announced = 5});
    bytes.insert(bytes.end(), 9, 0xFF);
    const auto header = read_frame_header(bytes);
    REQUIRE(header);
    CHECK(header->payload_bytes == 5);
    CHECK(header->header_bytes == 6);
}

TEST_CASE("every first byte is read as RFC 6455 §5.2 lays it out") {
    for (int opcode_value = 0; opcode_value < 16; ++opcode_value) {
        for (int reserved = 0; reserved < 8; ++reserved) {
            for (const bool fin : {false, true}) {
                const auto header = read_frame_header(
                    build_header({.opcode = opcode_value, .fin = fin, .reserved_bits = reserved}));
                REQUIRE(header);
                const bool right = static_cast<int>(header->code) == opcode_value &&
                                   header->reserved_bits == reserved && header->fin == fin;
                CHECK(right);
                CHECK(is_control(header->code) == (opcode_value >= 8));
            }
        }
    }
}

TEST_CASE("a short frame is what the independent builder makes of the same payload") {
    for (std::size_t size = 0; size <= max_control_payload_bytes; ++size) {
        CAPTURE(size);
        byte_string payload(size);
        for (std::size_t i = 0; i < size; ++i)
            payload[i] = static_cast<std::uint8_t>(i * 7);
        for (const bool masked : {false, true}) {
            frame_spec spec{.opcode = 0x9, .payload = payload};
            if (masked)
                spec.mask = mask;
            const auto key = masked ? std::optional(masking_key(mask)) : std::nullopt;
            const short_frame frame(opcode::ping, payload, key);
            CHECK(std::ranges::equal(frame.bytes(), test::build(spec)));
        }
    }
}

} // namespace
} // namespace pulsegate
