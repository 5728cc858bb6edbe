#include "support/random_source.hpp"
#include "websocket/frame_header.hpp"
#include "websocket/masking_key.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <vector>

namespace pulsegate {
namespace {

constexpr masking_key key({0x37, 0xfa, 0x21, 0x3d});

TEST_CASE("the masking key of an unmasked frame changes nothing") {
    const std::array<std::uint8_t, 5> payload{0, 1, 0x7F, 0x80, 0xFF};
    std::array<std::uint8_t, 5> out{};
    (void)unmask(payload, masking_key{}, out);
    CHECK(out == payload);
}

TEST_CASE("unmasking gives the text of the example in RFC 6455 §5.7") {
    const std::array<std::uint8_t, 5> payload{0x7f, 0x9f, 0x4d, 0x51, 0x58};
    std::array<char, 5> text{};
    std::array<std::uint8_t, 8> out{};
    const auto unmasked = unmask(payload, key, out);
    REQUIRE(unmasked.size() == 5);
    std::memcpy(text.data(), unmasked.data(), 5);
    CHECK(std::string_view(text.data(), 5) == "Hello");
}

TEST_CASE("a payload may be unmasked in pieces, each with the key from its own offset") {
    test::random_source random(1);
    std::vector<std::uint8_t> payload(23);
    for (auto& byte : payload)
        byte = random.byte();
    std::vector<std::uint8_t> whole(payload.size());
    (void)unmask(payload, key, whole);
    for (std::size_t split = 0; split <= payload.size(); ++split) {
        CAPTURE(split);
        std::vector<std::uint8_t> pieces(payload.size());
        const std::span<const std::uint8_t> all(payload);
        (void)unmask(all.first(split), key, pieces);
        (void)unmask(all.subspan(split), key.from(split), std::span(pieces).subspan(split));
        CHECK(pieces == whole);
    }
}

TEST_CASE("keys from one offset after another add up") {
    for (std::size_t first = 0; first < 9; ++first) {
        for (std::size_t second = 0; second < 9; ++second)
            CHECK(key.from(first).from(second).bytes() == key.from(first + second).bytes());
    }
}

TEST_CASE("the repeated key is the key four times in memory") {
    const sixteen_octets repeated = key.repeated();
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &repeated, sizeof repeated);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        CHECK(bytes[i] == key.at(i));
}

TEST_CASE("only the key of zeros changes nothing") {
    CHECK(masking_key().is_none());
    CHECK(masking_key({0, 0, 0, 0}).is_none());
    for (std::size_t i = 0; i < 4; ++i) {
        std::array<std::uint8_t, 4> bytes{};
        bytes[i] = 0x80;
        CHECK_FALSE(masking_key(bytes).is_none());
    }
}

} // namespace
} // namespace pulsegate
