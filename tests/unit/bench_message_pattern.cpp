// The load generator's check of what came back.
#include "bench/message_pattern.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <vector>

using pulsegate::bench::message_pattern;

namespace {

std::vector<unsigned char> message(const message_pattern& pattern, std::uint32_t connection,
                                   std::uint32_t sequence) {
    std::vector<unsigned char> made(pattern.message_bytes());
    pattern.write(made, connection, sequence);
    return made;
}

} // namespace

TEST_CASE("a message matches its own numbers and no others") {
    for (const std::size_t size : {16u, 17u, 64u, 4096u}) {
        CAPTURE(size);
        const message_pattern pattern(size);
        const auto made = message(pattern, 3, 41);
        CHECK(pattern.matches(made, 3, 41));
        CHECK_FALSE(pattern.matches(made, 3, 42));
        CHECK_FALSE(pattern.matches(made, 4, 41));
    }
}

TEST_CASE("a single changed bit anywhere is noticed") {
    const message_pattern pattern(200);
    auto made = message(pattern, 1, 1);
    for (std::size_t bit = 0; bit < made.size() * 8; ++bit) {
        const auto flip = static_cast<unsigned char>(1u << (bit % 8));
        made[bit / 8] ^= flip;
        CHECK_FALSE(pattern.matches(made, 1, 1));
        made[bit / 8] ^= flip;
    }
    CHECK(pattern.matches(made, 1, 1));
}

TEST_CASE("a message that lost or won a byte is noticed") {
    const message_pattern pattern(64);
    auto made = message(pattern, 1, 1);
    made.push_back('x');
    CHECK_FALSE(pattern.matches(made, 1, 1));
    made.resize(63);
    CHECK_FALSE(pattern.matches(made, 1, 1));
}

TEST_CASE("messages are printable ASCII, so that they may travel as text") {
    const message_pattern pattern(5000);
    const auto made = message(pattern, 0xFFFFFFFF, 0xFFFFFFFF);
    CHECK(std::all_of(made.begin(), made.end(),
                      [](unsigned char c) { return c >= ' ' && c <= '~'; }));
}
