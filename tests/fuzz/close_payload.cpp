// Bodies of Close frames: what is read agrees with a plain reading of RFC 6455 §7.4, and what the
// gateway writes is read back, also by itself.
#include "websocket/close_payload.hpp"
#include "base/assert.hpp"
#include "support/utf8_oracle.hpp"
#include "websocket/frame_scanner.hpp"

#include "input.hpp"

#include <algorithm>
#include <vector>

using namespace pulsegate;

namespace {

// RFC 6455 §7.4.1, and IANA's registry for what came later; 1004, 1005, 1006 and 1015 are never
// sent.
constexpr std::uint16_t sendable[]{1000, 1001, 1002, 1003, 1007, 1008,
                                   1009, 1010, 1011, 1012, 1013, 1014};

bool may_be_sent(unsigned code) {
    const bool is_of_libraries_or_applications = code / 1000 == 3 || code / 1000 == 4;
    return is_of_libraries_or_applications || std::ranges::count(sendable, code) == 1;
}

bool is_utf8(std::span<const std::uint8_t> text) {
    const auto verdict = test::the_utf8_oracle().judge(text);
    return verdict.good == text.size() && verdict.is_complete;
}

void check_reading(std::span<const std::uint8_t> body) {
    const parsed_close parsed = parse_close(body);
    if (body.empty()) {
        PULSEGATE_ASSERT(!parsed.error && parsed.payload == close_payload{});
        return;
    }
    if (body.size() == 1) {
        PULSEGATE_ASSERT(parsed.error == close_error::one_byte_body);
        return;
    }
    const unsigned code = body[0] * 256u + body[1];
    const auto reason = body.subspan(2);
    if (!may_be_sent(code)) {
        PULSEGATE_ASSERT(parsed.error == close_error::bad_code);
    } else if (!is_utf8(reason)) {
        PULSEGATE_ASSERT(parsed.error == close_error::bad_utf8);
    } else {
        PULSEGATE_ASSERT(!parsed.error && parsed.payload.code == code);
        PULSEGATE_ASSERT(parsed.payload.reason == std::string(reason.begin(), reason.end()));
    }
}

/// Writes a Close frame and reads it as its receiver would.
void check_writing(const close_payload& sent, std::optional<masking_key> key) {
    const short_frame frame = make_close_frame(sent, key);
    frame_scanner scanner({.masked = key.has_value()});
    const scan_step step = scanner.scan(frame.bytes());
    PULSEGATE_ASSERT(step.what == scan_step::event::close && step.pass == 0);
    PULSEGATE_ASSERT(step.consumed == frame.bytes().size());

    std::vector<std::uint8_t> body(step.payload.size());
    (void)unmask(step.payload, step.key, body);
    if (sent.code == 0) {
        PULSEGATE_ASSERT(body.empty());
        return;
    }
    check_reading(body);
    const std::string& reason = sent.reason;
    const auto got = std::span<const std::uint8_t>(body).subspan(2);
    PULSEGATE_ASSERT(body[0] * 256 + body[1] == sent.code);
    PULSEGATE_ASSERT(got.size() <= reason.size() &&
                     std::equal(got.begin(), got.end(), reason.begin(), [](std::uint8_t a, char b) {
                         return a == static_cast<std::uint8_t>(b);
                     }));
    PULSEGATE_ASSERT(reason.size() > 123 || got.size() == reason.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(reason.data());
    if (is_utf8({bytes, reason.size()})) {
        PULSEGATE_ASSERT(is_utf8(got));
        PULSEGATE_ASSERT(got.size() + 4 >
                         std::min<std::size_t>(reason.size(), 123)); // no more than needed
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_reading({data, std::min(size, max_control_payload_bytes)});

    fuzz::input in({data, size});
    const std::uint16_t code = in.number();
    const std::array<std::uint8_t, 4> key{in.byte(), in.byte(), in.byte(), in.byte()};
    const auto reason = in.rest();
    const close_payload sent{code, std::string(reason.begin(), reason.end())};
    check_writing(sent, {});
    check_writing(sent, masking_key(key));
    return 0;
}
