// Decodes a whole stream of frames the plain way: all bytes at hand, one frame after another, no
// state carried between calls. Says what a frame scanner has to report about the same stream.
#pragma once

#include "support/frame_builder.hpp"
#include "support/utf8_oracle.hpp"
#include "websocket/frame_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pulsegate::test {

struct seen_event {
    scan_step::event what;
    std::size_t passed_before; // bytes that were passed when it came
    byte_string payload;       // unmasked

    friend bool operator==(const seen_event&, const seen_event&) = default;
};

struct decoded_stream {
    byte_string passed; // up to the violation's frame
    std::vector<seen_event> events;
    std::uint64_t messages = 0;
    std::set<std::size_t> frame_ends{0};   // offsets in `passed` between two frames
    std::set<std::size_t> message_ends{0}; // offsets in `passed` between two messages
    std::optional<violation> why;

    // Of a violation, as offsets in the stream.
    std::size_t frame_at = 0;      // its frame
    std::size_t header_end = 0;    // behind that frame's header
    std::size_t shown_by = 0;      // the byte that shows it
    bool shows_in_payload = false; // of a frame that is passed on in pieces
};

/// Reads the stream under the rules; the last frame may be incomplete.
class reference_decoder {
public:
    reference_decoder(byte_string stream, frame_scanner::rules rules)
        : stream_(std::move(stream)), rules_(rules) {}

    decoded_stream decode() {
        while (at_ < stream_.size() && !out_.why && read_frame()) {
        }
        return out_;
    }

private:
    struct frame {
        int opcode = 0;
        bool fin = false;
        int reserved = 0;
        bool masked = false;
        std::uint64_t length = 0;
        bool is_shortest = true;
        std::size_t header = 0; // its bytes
        mask_bytes mask{};
    };

    std::optional<frame> read_header() const {
        const auto left = stream_.size() - at_;
        if (left < 2)
            return {};
        frame one;
        one.opcode = stream_[at_] % 16;
        one.reserved = stream_[at_] / 16 % 8;
        one.fin = stream_[at_] >= 128;
        one.masked = stream_[at_ + 1] >= 128;
        one.length = stream_[at_ + 1] % 128;
        one.header = 2;
        const std::size_t longer = one.length == 126 ? 2 : one.length == 127 ? 8 : 0;
        if (left < 2 + longer + (one.masked ? 4 : 0))
            return {};
        if (longer > 0) {
            one.length = 0;
            for (std::size_t i = 0; i < longer; ++i)
                one.length = one.length * 256 + stream_[at_ + 2 + i];
            one.is_shortest = longer == 2 ? one.length > 125 : one.length > 65535;
            one.header += longer;
        }
        if (one.masked) {
            for (std::size_t i = 0; i < 4; ++i)
                one.mask[i] = stream_[at_ + one.header + i];
            one.header += 4;
        }
        return one;
    }

    std::optional<violation> judge(const frame& one) const {
        const bool opens = one.opcode == 1 || one.opcode == 2;
        const bool may_compress = rules_.compressed && opens;
        if (one.reserved != 0 && !(may_compress && one.reserved == 4))
            return violation::reserved_bits;
        if (!opens && one.opcode != 0 && one.opcode != 8 && one.opcode != 9 && one.opcode != 10)
            return violation::reserved_opcode;
        if (one.masked != rules_.masked)
            return one.masked ? violation::masked : violation::not_masked;
        if (!one.is_shortest || one.length >= 1ull << 63)
            return violation::bad_length;
        if (one.opcode >= 8) {
            if (!one.fin)
                return violation::control_fragmented;
            if (one.length > 125)
                return violation::control_too_long;
            return {};
        }
        if (one.opcode == 0 && !message_)
            return violation::stray_continuation;
        if (opens && message_)
            return violation::unfinished_message;
        const std::uint64_t limit = rules_.max_message_bytes;
        const std::uint64_t before = message_ ? message_->bytes : 0;
        if (limit > 0 && (one.length > limit || before + one.length > limit))
            return violation::message_too_big;
        return {};
    }

    byte_string payload_of(const frame& one, std::size_t size) const {
        byte_string out(size);
        for (std::size_t i = 0; i < size; ++i)
            out[i] = static_cast<std::uint8_t>(stream_[at_ + one.header + i] ^ one.mask[i % 4]);
        return out;
    }

    void fail(const frame& one, violation why, std::size_t shown_by, bool in_payload) {
        out_.why = why;
        out_.frame_at = at_;
        out_.header_end = at_ + one.header;
        out_.shown_by = shown_by;
        out_.shows_in_payload = in_payload;
    }

    bool read_frame() {
        const std::optional<frame> one = read_header();
        if (!one)
            return false;
        if (const auto why = judge(*one)) {
            fail(*one, *why, at_ + one->header - 1, false);
            return false;
        }
        const std::size_t there = stream_.size() - at_ - one->header;
        const bool is_whole = one->length <= there;
        const bool is_held_text = one->opcode == 1 && one->fin && one->reserved == 0 &&
                                  rules_.held_text_bytes > 0 &&
                                  one->length <= rules_.held_text_bytes;
        if (one->opcode >= 8 || is_held_text) {
            if (!is_whole)
                return false;
            return read_event(*one, is_held_text);
        }
        return read_data(*one, is_whole ? static_cast<std::size_t>(one->length) : there, is_whole);
    }

    bool read_event(const frame& one, bool is_text) {
        const byte_string payload = payload_of(one, static_cast<std::size_t>(one.length));
        if (is_text) {
            const auto verdict = the_utf8_oracle().judge(payload);
            if (verdict.good < payload.size() || !verdict.is_complete) {
                fail(one, violation::bad_utf8, at_ + one.header + payload.size() - 1, false);
                return false;
            }
        }
        const auto what = is_text           ? scan_step::event::text
                          : one.opcode == 8 ? scan_step::event::close
                          : one.opcode == 9 ? scan_step::event::ping
                                            : scan_step::event::pong;
        out_.events.push_back({what, out_.passed.size(), payload});
        at_ += one.header + payload.size();
        return true;
    }

    bool read_data(const frame& one, std::size_t size, bool is_whole) {
        if (!message_)
            message_ = message{one.opcode == 1 && one.reserved == 0, 0, {}};
        message_->bytes += one.length;
        if (message_->is_checked) {
            const std::size_t before = message_->text.size();
            const byte_string payload = payload_of(one, size);
            message_->text.insert(message_->text.end(), payload.begin(), payload.end());
            const auto verdict = the_utf8_oracle().judge(message_->text);
            if (verdict.good < message_->text.size()) {
                fail(one, violation::bad_utf8, at_ + one.header + verdict.good - before, true);
                return false;
            }
            if (is_whole && one.fin && !verdict.is_complete) {
                fail(one, violation::bad_utf8, at_ + one.header + size - 1, true);
                return false;
            }
        }
        const auto from = stream_.begin() + static_cast<std::ptrdiff_t>(at_);
        const std::size_t total = one.header + size;
        out_.passed.insert(out_.passed.end(), from, from + static_cast<std::ptrdiff_t>(total));
        at_ += total;
        if (!is_whole)
            return false;
        out_.frame_ends.insert(out_.passed.size());
        if (one.fin) {
            out_.message_ends.insert(out_.passed.size());
            ++out_.messages;
            message_.reset();
        }
        return true;
    }

    struct message {
        bool is_checked;
        std::uint64_t bytes; // announced
        byte_string text;    // if it is checked
    };

    const byte_string stream_;
    const frame_scanner::rules rules_;
    std::size_t at_ = 0;
    std::optional<message> message_;
    decoded_stream out_;
};

} // namespace pulsegate::test
