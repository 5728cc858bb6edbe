// The frames and the handshake of the benchmark's client and application, against RFC 6455's
// examples.
#include "bench/frames.hpp"
#include "bench/handshake.hpp"

#include <array>
#include <cstring>
#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace pulsegate::bench;

TEST_CASE("the masked Hello of RFC 6455 section 5.7 is read and unmasked") {
    std::array<unsigned char, 11> frame{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
                                        0x7f, 0x9f, 0x4d, 0x51, 0x58};
    const auto header = read_header(frame);
    REQUIRE(header);
    CHECK(header->code == opcode::text);
    CHECK(header->is_final);
    CHECK(header->frame_bytes() == frame.size());
    REQUIRE(header->masking_key);
    const bytes payload = bytes(frame).subspan(header->header_bytes);
    apply_mask(payload, *header->masking_key);
    CHECK(std::string(payload.begin(), payload.end()) == "Hello");
}

TEST_CASE("a written frame header is read as it was, once it is whole") {
    for (const std::uint64_t size : {0ull, 125ull, 126ull, 65535ull, 65536ull, 1ull << 40}) {
        for (const bool is_masked : {false, true}) {
            CAPTURE(size);
            CAPTURE(is_masked);
            frame_header header;
            header.code = opcode::binary;
            header.is_final = false;
            header.payload_bytes = size;
            if (is_masked) {
                header.masking_key = 0x01020304;
            }
            std::array<unsigned char, max_header_bytes> output{};
            const std::size_t written = write_header(output, header);
            for (std::size_t part = 0; part < written; ++part) {
                CHECK_FALSE(read_header(const_bytes(output).first(part)));
            }
            const auto read = read_header(const_bytes(output).first(written));
            REQUIRE(read);
            CHECK(read->code == opcode::binary);
            CHECK_FALSE(read->is_final);
            CHECK(read->payload_bytes == size);
            CHECK(read->header_bytes == written);
            CHECK(read->masking_key == header.masking_key);
        }
    }
}

TEST_CASE("masking eight bytes at a time equals masking one by one") {
    const std::array<unsigned char, 4> key{0x11, 0x22, 0x33, 0x44};
    std::uint32_t packed = 0;
    std::memcpy(&packed, key.data(), key.size());
    for (std::size_t size = 0; size < 40; ++size) {
        CAPTURE(size);
        std::vector<unsigned char> payload(size, 0xA5);
        apply_mask(payload, packed);
        for (std::size_t i = 0; i < size; ++i) {
            CHECK(payload[i] == (0xA5 ^ key[i % 4]));
        }
    }
}

TEST_CASE("the key of RFC 6455 section 1.3 is accepted with its answer") {
    CHECK(accept_for("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(key_from(7).size() == 24);
    CHECK(key_from(7) != key_from(8));
}

TEST_CASE("a header field is found whatever its case, and only by its whole name") {
    const std::string head =
        "GET / HTTP/1.1\r\nsec-websocket-keys: no\r\nSEC-WebSocket-Key:  abc \r\n"
        "Empty:\r\n";
    CHECK(field_of(head, "Sec-WebSocket-Key") == "abc");
    CHECK(field_of(head, "Empty").empty());
    CHECK(field_of(head, "Upgrade").empty());
}
