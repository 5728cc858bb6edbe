// Streams of frames of any content, in pieces of any size: the scanner sees in them what Beast's
// WebSocket stream does, and reports it as the plain decoder of the unit tests wants it.
#include "base/assert.hpp"
#include "support/frame_builder.hpp"
#include "support/reference_decoder.hpp"
#include "support/scanner_driver.hpp"

#include "input.hpp"
#include "oracles/beast_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

using namespace pulsegate;
using fuzz::frame_reading;
using test::byte_string;

namespace {

using kind = frame_reading::kind;
using ending = frame_reading::ending;

struct trial {
    frame_scanner::rules rules;
    std::size_t most_at_once; // for Beast
    std::vector<std::size_t> cuts;
    byte_string stream;
};

/// Frames from a description of them: those that the fuzzer would have to guess masks and lengths
/// for.
byte_string build_described(fuzz::input& in, bool masked) {
    byte_string stream;
    while (!in.is_empty()) {
        const std::uint8_t head = in.byte();
        const std::uint8_t shape = in.byte();
        test::frame_spec frame{.opcode = head % 16,
                               .fin = head < 128, // most bytes of a small input are 0
                               .reserved_bits = head / 16 % 8};
        const auto payload = in.bytes(shape % 64);
        const int copies = (shape & 64) != 0 ? 9 : 1;
        for (int i = 0; i < copies; ++i)
            frame.payload.insert(frame.payload.end(), payload.begin(), payload.end());
        if (masked)
            frame.mask = test::mask_bytes{shape, head, 0x55, 0xAA};
        if ((shape & 128) != 0) {
            const std::uint8_t oddity = in.byte();
            if (oddity % 4 == 1)
                frame.form = test::length_form::two_bytes;
            else if (oddity % 4 == 2)
                frame.form = test::length_form::eight_bytes;
            else if (oddity % 4 == 3)
                frame.mask = frame.mask ? std::nullopt : std::optional(test::mask_bytes{});
            if (oddity >= 128)
                frame.announced = ~0ull >> (oddity & 63);
        }
        const byte_string one = test::build(frame);
        stream.insert(stream.end(), one.begin(), one.end());
    }
    return stream;
}

trial read_trial(fuzz::input in) {
    constexpr std::array<std::size_t, 8> sizes{65'536, 1, 2, 3, 5, 16, 64, 512};
    const std::uint8_t choices = in.byte();
    trial result;
    result.rules = {.masked = (choices & 1) != 0,
                    .compressed = (choices & 2) != 0,
                    .held_text_bytes =
                        static_cast<std::uint8_t>((choices & 16) != 0 ? in.byte() % 126 : 0),
                    .max_message_bytes = 1 + in.number() % 8'000u};
    result.most_at_once = sizes[choices / 32];
    for (int i = (choices & 8) != 0 ? in.byte() % 16 : 0; i > 0; --i)
        result.cuts.push_back(in.number());
    if ((choices & 4) != 0) {
        result.stream = build_described(in, result.rules.masked);
    } else {
        const auto rest = in.rest();
        result.stream.assign(rest.begin(), rest.end());
    }
    for (std::size_t& cut : result.cuts)
        cut %= result.stream.size() + 1;
    std::ranges::sort(result.cuts);
    return result;
}

ending ending_of(violation why) {
    if (why == violation::bad_utf8)
        return ending::bad_utf8;
    return why == violation::message_too_big ? ending::too_big : ending::protocol_error;
}

/// Takes the messages of the frames that were passed on, which the scanner has found in order.
class passed_messages {
public:
    explicit passed_messages(std::span<const std::uint8_t> passed) : left_(passed) {}

    /// Adds the messages that end within the next `bytes`.
    void take(std::size_t bytes, std::vector<frame_reading::item>& out) {
        const std::size_t stop = left_.size() - bytes;
        while (left_.size() > stop) {
            const auto header = read_frame_header(left_);
            if (!header || header->header_bytes + header->payload_bytes > left_.size() - stop)
                break; // of an unfinished message
            if (header->code != opcode::continuation)
                message_ = {header->code == opcode::text ? kind::text : kind::binary, {}};
            const auto size = static_cast<std::size_t>(header->payload_bytes);
            byte_string payload(size);
            (void)unmask(left_.subspan(header->header_bytes, size), header->key, payload);
            message_.payload.append(payload.begin(), payload.end());
            left_ = left_.subspan(header->header_bytes + size);
            if (header->fin)
                out.push_back(std::move(message_));
        }
    }

private:
    std::span<const std::uint8_t> left_;
    frame_reading::item message_{};
};

frame_reading read_with_scanner(const trial& one) {
    test::scanner_driver driver(one.rules);
    const std::span<const std::uint8_t> all(one.stream);
    std::size_t from = 0;
    for (const std::size_t cut : one.cuts) {
        driver.feed(all.subspan(from, cut - from));
        from = cut;
    }
    driver.feed(all.subspan(from));

    frame_reading result;
    passed_messages messages(driver.passed);
    std::size_t taken = 0;
    for (const test::seen_event& event : driver.events) {
        messages.take(event.passed_before - taken, result.items);
        taken = event.passed_before;
        std::string payload(event.payload.begin(), event.payload.end());
        if (event.what == scan_step::event::close) {
            const parsed_close parsed = parse_close(event.payload);
            result.end = !parsed.error                            ? ending::closed
                         : *parsed.error == close_error::bad_utf8 ? ending::bad_utf8
                                                                  : ending::protocol_error;
            result.close = parsed.payload;
            return result;
        }
        const kind what = event.what == scan_step::event::ping   ? kind::ping
                          : event.what == scan_step::event::pong ? kind::pong
                                                                 : kind::text;
        result.items.push_back({what, std::move(payload)});
    }
    messages.take(driver.passed.size() - taken, result.items);
    if (driver.why)
        result.end = ending_of(*driver.why);
    return result;
}

struct two_readings {
    const frame_reading& scanner;
    const frame_reading& beast;
    const frame_scanner::rules& rules;
    std::optional<violation> why; // the scanner's
};

/// True if Beast took a message for text that is none, where the scanner stopped.
bool has_taken_bad_text(const two_readings& both) {
    const auto& more = both.beast.items;
    const std::size_t at = both.scanner.items.size();
    if (both.scanner.end != ending::bad_utf8 || more.size() <= at || more[at].what != kind::text ||
        !std::ranges::equal(both.scanner.items, std::span(more).first(at)))
        return false;
    const auto verdict = test::the_utf8_oracle().judge(test::bytes_of(more[at].payload));
    return verdict.good == more[at].payload.size() && !verdict.is_complete;
}

// Where the gateway and Beast 1.81 judge differently, and why that is meant.
struct known_difference {
    const char* reason;
    bool (*is)(const two_readings& both);
};

constexpr std::array known_differences{
    known_difference{"text that an empty last frame cuts inside a character is 1007 by RFC 6455 "
                     "§8.1; Beast does not look at it any more",
                     has_taken_bad_text},
    known_difference{"1014 was registered with IANA after RFC 6455; Beast refuses it as reserved",
                     [](const two_readings& both) {
                         return both.scanner.end == ending::closed &&
                                both.scanner.close.code == 1014 &&
                                both.beast.end == ending::protocol_error;
                     }},
    known_difference{"RFC 6455 §7.4.2 ends at 4999; Beast lets codes from 5000 on pass",
                     [](const two_readings& both) {
                         return both.scanner.end == ending::protocol_error &&
                                both.beast.end == ending::closed && both.beast.close.code >= 5000;
                     }},
    known_difference{"a reason that is not UTF-8 is 1007 by RFC 6455 §8.1; Beast answers 1002",
                     [](const two_readings& both) {
                         return both.scanner.end == ending::bad_utf8 &&
                                both.scanner.close.code != 0 &&
                                both.beast.end == ending::protocol_error;
                     }},
    known_difference{"a length from 2^63 on is malformed by RFC 6455 §5.2; to Beast it is too big",
                     [](const two_readings& both) {
                         return both.why == violation::bad_length &&
                                both.beast.end == ending::too_big;
                     }},
    known_difference{"a short text that may be a heartbeat is judged when it is whole",
                     [](const two_readings& both) {
                         return both.scanner.end == ending::none &&
                                both.rules.held_text_bytes > 0 &&
                                both.beast.end == ending::bad_utf8;
                     }},
};

[[noreturn]] void fail(const trial& one, const std::string& what) {
    std::fprintf(stderr, "%s, masked %d, limit %llu, held %d: %s\n", what.c_str(), one.rules.masked,
                 static_cast<unsigned long long>(one.rules.max_message_bytes),
                 one.rules.held_text_bytes, test::hex(one.stream).c_str());
    std::abort();
}

void compare_with_beast(const trial& one, std::optional<violation> why) {
    const frame_reading scanner = read_with_scanner(one);
    const frame_reading beast = fuzz::read_with_beast(
        one.stream, {one.rules.masked, one.rules.max_message_bytes, one.most_at_once});
    const two_readings both{scanner, beast, one.rules, why};
    if (scanner.items != beast.items && !has_taken_bad_text(both))
        fail(one, "other messages or control frames");
    const bool is_same =
        scanner.end == beast.end && (scanner.end != ending::closed || scanner.close == beast.close);
    if (!is_same &&
        std::ranges::none_of(known_differences, [&](const auto& row) { return row.is(both); }))
        fail(one, "ends with " + std::to_string(static_cast<int>(scanner.end)) + ", by Beast " +
                      std::to_string(static_cast<int>(beast.end)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const trial one = read_trial(fuzz::input({data, size}));
    const auto expected = test::reference_decoder(one.stream, one.rules).decode();
    if (const auto wrong = test::difference(one.stream, one.rules, expected, one.cuts);
        !wrong.empty())
        fail(one, wrong);
    // Beast inflates what is compressed, which is none of the scanner's business.
    if (!one.rules.compressed)
        compare_with_beast(one, expected.why);
    return 0;
}
