// Walks over the frames of one direction of a connection, in place: says which bytes may be
// forwarded as they are, hands out the control frames, and stops at the first violation of RFC
// 6455. Never copies or changes a byte, and keeps none: an incomplete header or control frame has
// to be presented again, with more bytes behind it. Pure; owner: the session's worker.
#pragma once

#include "websocket/frame_header.hpp"
#include "websocket/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pulsegate {

enum class violation : std::uint8_t {
    not_masked,         // RFC 6455 §5.1: a client masks every frame
    masked,             // §5.1: a server masks none
    reserved_bits,      // §5.2: RSV1-3 without an extension that gives them a meaning
    reserved_opcode,    // §5.2
    bad_length,         // §5.2: not the minimal number of bytes, or from 2^63 on
    control_too_long,   // §5.5
    control_fragmented, // §5.5
    stray_continuation, // §5.4: nothing to continue
    unfinished_message, // §5.4: a new message inside a fragmented one
    message_too_big,    // §7.4.1, 1009
    bad_utf8,           // §8.1, 1007
};

[[nodiscard]] const char* to_string(violation what);

/// The longest input that a scanner may ask to be presented again: a header and a short payload.
inline constexpr std::size_t max_unscanned_bytes = max_header_bytes + max_control_payload_bytes;

struct scan_step {
    enum class event : std::uint8_t {
        used_up,   // all of the input may pass, or all of the frame that was asked for
        need_more, // what follows `pass` is an incomplete header or short frame: present it again
        ping,
        pong,
        close,
        text,      // a whole text message of at most `held_text_bytes`
        violation, // the scanner is spent
    };
    event what = event::used_up;
    std::size_t pass = 0;       // leading bytes of the input that may be forwarded
    std::size_t consumed = 0;   // pass, and the bytes of the frame that the event is about
    std::uint64_t messages = 0; // data messages that ended within `pass`
    std::span<const std::uint8_t> payload; // of the event's frame, as received
    masking_key key;                       // of the event's frame
    violation why{};
};

class frame_scanner {
public:
    struct rules {
        bool masked = false;     // frames of a client
        bool compressed = false; // permessage-deflate was negotiated: RSV1 may start a message
        // Whole text messages up to this size become events; at most 125; 0: none, not even empty
        // ones.
        std::uint8_t held_text_bytes = 0;
        std::uint64_t max_message_bytes = 0; // over all fragments; 0: no limit
    };

    explicit frame_scanner(const rules& what) : rules_(what) {}

    /// Changes what is held and the limit of messages, from the next frame on.
    void change_limits(std::uint8_t held_text_bytes, std::uint64_t max_message_bytes) {
        rules_.held_text_bytes = held_text_bytes;
        rules_.max_message_bytes = max_message_bytes;
    }

    /// How far a scan goes at most.
    enum class extent : std::uint8_t {
        input, // through all of the input
        frame, // to the end of the data frame in hand or, between frames, of the next one
    };

    /// Looks at the bytes that follow those consumed so far, up to the next event.
    [[nodiscard]] scan_step scan(std::span<const std::uint8_t> input, extent most = extent::input);

    /// True if the bytes passed so far end between two frames: a control frame may be put in here.
    [[nodiscard]] bool is_between_frames() const { return !in_frame_; }

    /// True if they end between two messages: a text message may be put in here.
    [[nodiscard]] bool is_between_messages() const { return !in_frame_ && !in_message_; }

private:
    void scan(std::span<const std::uint8_t> input, extent most, scan_step& step);
    [[nodiscard]] bool check(const frame_header& header, violation& why) const;
    [[nodiscard]] bool is_held(const frame_header& header) const;
    void begin(const frame_header& header);

    rules rules_;

    bool in_frame_ = false;     // inside the payload of a data frame whose header has passed
    bool in_message_ = false;   // between the fragments of a message, or inside one
    bool ends_message_ = false; // the current data frame has FIN
    bool is_text_ = false;      // the current message is text that is checked
    utf8_validator utf8_;
    masking_key key_; // for the next byte of the current payload
    std::uint64_t payload_left_ = 0;
    std::uint64_t message_bytes_ = 0; // of the frames begun so far
};

} // namespace pulsegate
