#include "support/random_source.hpp"
#include "support/reference_decoder.hpp"
#include "support/scanner_driver.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::byte_string;
using test::frame_spec;
using test::random_source;

frame_scanner::rules random_rules(random_source& random) {
    frame_scanner::rules rules;
    rules.masked = random.is_one_in(2);
    rules.compressed = random.is_one_in(3);
    if (random.is_one_in(2))
        rules.held_text_bytes = static_cast<std::uint8_t>(random.between(1, 125));
    if (random.is_one_in(2))
        rules.max_message_bytes = random.between(1, 400);
    return rules;
}

byte_string random_text(random_source& random, std::size_t characters) {
    byte_string text;
    for (std::size_t i = 0; i < characters; ++i) {
        std::uint64_t code_point = random.below(1ull << random.between(6, 20));
        if (code_point >= 0xD800 && code_point < 0xE000)
            code_point = 'x';
        const auto one = test::encode_utf8(static_cast<std::uint32_t>(code_point));
        text.insert(text.end(), one.begin(), one.end());
    }
    return text;
}

frame_spec random_control(random_source& random) {
    frame_spec frame{.opcode = static_cast<int>(random.between(8, 10))};
    frame.payload.resize(random.is_one_in(8) ? random.between(0, 125) : random.below(6));
    std::ranges::generate(frame.payload, [&] { return random.byte(); });
    return frame;
}

/// A message in one to four frames, text cut anywhere, with control frames in between.
void add_message(random_source& random, const frame_scanner::rules& rules,
                 std::vector<frame_spec>& out) {
    const bool is_text = random.is_one_in(2);
    byte_string payload = random_text(random, random.is_one_in(10) ? 150 : random.below(12));
    const bool is_compressed = rules.compressed && random.is_one_in(2);
    if ((!is_text || is_compressed) && !payload.empty())
        payload[random.below(payload.size())] = 0xFF;
    const std::uint64_t frames = random.is_one_in(2) ? 1 : random.between(2, 4);
    std::size_t from = 0;
    for (std::uint64_t i = 0; i < frames; ++i) {
        if (random.is_one_in(4))
            out.push_back(random_control(random));
        const bool is_last = i + 1 == frames;
        const std::size_t to = is_last ? payload.size() : random.between(from, payload.size());
        frame_spec frame{.opcode = i > 0 ? 0 : is_text ? 1 : 2, .fin = is_last};
        frame.payload.assign(payload.begin() + static_cast<std::ptrdiff_t>(from),
                             payload.begin() + static_cast<std::ptrdiff_t>(to));
        frame.reserved_bits = i == 0 && is_compressed ? 4 : 0;
        out.push_back(frame);
        from = to;
    }
}

/// Makes one thing about a frame wrong, or at least different.
void spoil(random_source& random, frame_spec& frame) {
    switch (random.below(7)) {
    case 0:
        frame.opcode = static_cast<int>(random.below(16));
        break;
    case 1:
        frame.fin = !frame.fin;
        break;
    case 2:
        frame.reserved_bits = static_cast<int>(random.below(8));
        break;
    case 3:
        frame.mask = frame.mask ? std::nullopt : std::optional(test::mask_bytes{});
        break;
    case 4:
        frame.form =
            random.is_one_in(2) ? test::length_form::two_bytes : test::length_form::eight_bytes;
        break;
    case 5:
        frame.announced = random.is_one_in(2) ? random.below(200) : ~0ull >> random.below(64);
        break;
    default:
        if (!frame.payload.empty())
            frame.payload[random.below(frame.payload.size())] = random.byte();
    }
}

std::vector<std::size_t> random_cuts(random_source& random, std::size_t size) {
    std::vector<std::size_t> cuts(random.below(20));
    std::ranges::generate(cuts, [&] { return random.below(size + 1); });
    std::ranges::sort(cuts);
    return cuts;
}

TEST_CASE("random streams in random pieces are read as the plain decoder reads them") {
    std::set<std::string> reached; // so that the generator does not quietly lose its variety
    for (const std::uint64_t seed : test::seeds(1'500)) {
        CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
        random_source random(seed);
        const frame_scanner::rules rules = random_rules(random);
        std::vector<frame_spec> frames;
        for (std::uint64_t i = random.between(1, 6); i > 0; --i)
            add_message(random, rules, frames);
        if (rules.masked) {
            for (frame_spec& frame : frames)
                frame.mask = {random.byte(), random.byte(), random.byte(), random.byte()};
        }
        if (!random.is_one_in(3))
            spoil(random, frames[random.below(frames.size())]);
        const byte_string stream = test::build_all(frames);
        const auto expected = test::reference_decoder(stream, rules).decode();
        reached.insert(expected.why ? to_string(*expected.why) : "no violation");
        for (int i = 0; i < 3; ++i) {
            const std::string wrong =
                difference(stream, rules, expected, random_cuts(random, stream.size()));
            if (!wrong.empty())
                FAIL_CHECK(wrong);
        }
    }
    if (std::getenv("PULSEGATE_TEST_SEED") == nullptr)
        CHECK(reached.size() == static_cast<std::size_t>(violation::bad_utf8) + 2);
}

TEST_CASE("random bytes are read as the plain decoder reads them") {
    for (const std::uint64_t seed : test::seeds(1'000)) {
        CAPTURE(seed);
        random_source random(seed);
        const frame_scanner::rules rules = random_rules(random);
        byte_string stream(random.between(1, 60));
        std::ranges::generate(stream, [&] { return random.byte(); });
        // A first byte that is often fine, so that more than the first check is reached.
        if (!random.is_one_in(4))
            stream[0] = static_cast<std::uint8_t>(random.below(2) * 128 + random.below(3));
        const auto expected = test::reference_decoder(stream, rules).decode();
        const std::string wrong =
            difference(stream, rules, expected, random_cuts(random, stream.size()));
        if (!wrong.empty())
            FAIL_CHECK(wrong);
    }
}

} // namespace
} // namespace pulsegate
