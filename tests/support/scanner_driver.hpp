// Feeds a frame scanner as a relay does: whatever it could not use yet is presented again, in front
// of the bytes that come next. Every input is a copy of exactly its size, so that a read past its
// end does not go unnoticed under AddressSanitizer.
#pragma once

#include "support/frame_builder.hpp"
#include "support/reference_decoder.hpp"
#include "websocket/frame_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate::test {

class scanner_driver {
public:
    using extent = frame_scanner::extent;

    explicit scanner_driver(frame_scanner::rules rules, extent most = extent::input)
        : scanner(rules), most_(most) {}

    /// Gives the scanner the next bytes of the stream. Does nothing once it has found a violation.
    void feed(std::span<const std::uint8_t> piece) {
        if (why)
            return;
        leftover_.insert(leftover_.end(), piece.begin(), piece.end());
        while (step()) {
        }
    }

    frame_scanner scanner;
    byte_string passed;
    std::vector<seen_event> events;
    std::uint64_t messages = 0;
    std::optional<violation> why;
    std::string broken_promise; // of the scanner's interface; empty: none

private:
    bool step() {
        const byte_string input = leftover_;
        const scan_step result = scanner.scan(input, most_);
        if (result.pass > result.consumed || result.consumed > input.size()) {
            broken_promise = "consumed more than there is";
            return false;
        }
        const auto at = [&](std::size_t n) {
            return input.begin() + static_cast<std::ptrdiff_t>(n);
        };
        passed.insert(passed.end(), input.begin(), at(result.pass));
        messages += result.messages;
        leftover_.assign(at(result.consumed), input.end());
        switch (result.what) {
        case scan_step::event::used_up:
            if (leftover_.empty())
                return false;
            if (most_ == extent::input)
                broken_promise = "bytes are left of an input that is used up";
            else if (result.pass == 0 || result.messages > 1 || !scanner.is_between_frames())
                broken_promise = "stopped elsewhere than at the end of a frame";
            return broken_promise.empty();
        case scan_step::event::need_more:
            if (leftover_.empty() || leftover_.size() >= max_unscanned_bytes)
                broken_promise = "wants to be presented too much again";
            if (result.consumed != result.pass || !scanner.is_between_frames())
                broken_promise = "wants more, but not for a new frame";
            return false;
        case scan_step::event::violation:
            why = result.why;
            if (result.consumed != result.pass)
                broken_promise = "consumed bytes of the offending frame";
            return false;
        default: {
            byte_string payload(result.payload.size());
            (void)unmask(result.payload, result.key, payload);
            events.push_back({result.what, passed.size(), payload});
            if (!scanner.is_between_frames())
                broken_promise = "event inside a frame";
            return true;
        }
        }
    }

    const extent most_;
    byte_string leftover_;
};

/// Feeds `stream` in pieces that end at `cuts` and compares every observation with the plain
/// decoder's. Gives what differs; empty: nothing.
inline std::string difference_in_scans(frame_scanner::extent most, const byte_string& stream,
                                       frame_scanner::rules rules, const decoded_stream& expected,
                                       const std::vector<std::size_t>& cuts) {
    scanner_driver driver(rules, most);
    const std::span<const std::uint8_t> all(stream);
    std::size_t from = 0;
    std::size_t piece_of_violation = 0; // where the piece begins that shows it
    const auto feed_until = [&](std::size_t to) -> std::string {
        if (expected.why && from <= expected.shown_by && expected.shown_by < to)
            piece_of_violation = from;
        driver.feed(all.subspan(from, to - from));
        from = to;
        if (!driver.broken_promise.empty())
            return driver.broken_promise;
        if (driver.why.has_value() != (expected.why && expected.shown_by < to))
            return driver.why ? "violation too early" : "violation too late";
        if (driver.why)
            return {};
        if (driver.scanner.is_between_frames() !=
            expected.frame_ends.contains(driver.passed.size()))
            return "is_between_frames() is wrong";
        if (driver.scanner.is_between_messages() !=
            expected.message_ends.contains(driver.passed.size()))
            return "is_between_messages() is wrong";
        return {};
    };
    for (const std::size_t cut : cuts) {
        if (const std::string wrong = feed_until(cut); !wrong.empty())
            return wrong;
    }
    if (const std::string wrong = feed_until(stream.size()); !wrong.empty())
        return wrong;

    byte_string passed = expected.passed;
    if (expected.shows_in_payload && piece_of_violation >= expected.header_end) {
        // The frame's header had passed with an earlier piece, and all up to the piece with it.
        passed.insert(passed.end(), stream.begin() + static_cast<std::ptrdiff_t>(expected.frame_at),
                      stream.begin() + static_cast<std::ptrdiff_t>(piece_of_violation));
    }
    if (driver.passed != passed)
        return "passed " + hex(driver.passed) + " instead of " + hex(passed);
    if (driver.events != expected.events)
        return "other events";
    if (driver.messages != expected.messages)
        return "counted other messages";
    if (driver.why != expected.why)
        return "another violation";
    return {};
}

/// The same, both for scans of all there is and for scans of one frame at a time.
inline std::string difference(const byte_string& stream, frame_scanner::rules rules,
                              const decoded_stream& expected,
                              const std::vector<std::size_t>& cuts) {
    using extent = frame_scanner::extent;
    const std::string wrong = difference_in_scans(extent::input, stream, rules, expected, cuts);
    if (!wrong.empty())
        return wrong;
    return difference_in_scans(extent::frame, stream, rules, expected, cuts);
}

} // namespace pulsegate::test
