#include "websocket/frame_scanner.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::uint8_t rsv1 = 4;

scan_step::event event_of(opcode code) {
    switch (code) {
    case opcode::ping:
        return scan_step::event::ping;
    case opcode::pong:
        return scan_step::event::pong;
    case opcode::close:
        return scan_step::event::close;
    default:
        return scan_step::event::text;
    }
}

bool is_known(opcode code) {
    const auto value = static_cast<std::uint8_t>(code);
    return value <= 0x2 || (value >= 0x8 && value <= 0xA);
}

/// Text, unless it is compressed: that cannot be checked without inflating it (RFC 7692 §6).
bool is_checked(const frame_header& header) {
    return header.code == opcode::text && header.reserved_bits == 0;
}

} // namespace

const char* to_string(violation what) {
    switch (what) {
    case violation::not_masked:
        return "frame is not masked";
    case violation::masked:
        return "frame is masked";
    case violation::reserved_bits:
        return "reserved bits are set";
    case violation::reserved_opcode:
        return "opcode is reserved";
    case violation::bad_length:
        return "payload length is not in its shortest form";
    case violation::control_too_long:
        return "control frame is longer than 125 bytes";
    case violation::control_fragmented:
        return "control frame is fragmented";
    case violation::stray_continuation:
        return "continuation frame without a message to continue";
    case violation::unfinished_message:
        return "new message inside a fragmented one";
    case violation::message_too_big:
        return "message is too big";
    case violation::bad_utf8:
        return "text is not UTF-8";
    }
    return "unknown";
}

bool frame_scanner::check(const frame_header& header, violation& why) const {
    const bool may_have_rsv1 =
        rules_.compressed && (header.code == opcode::text || header.code == opcode::binary);
    const auto fail = [&](violation what) {
        why = what;
        return false;
    };
    if ((header.reserved_bits & (may_have_rsv1 ? ~rsv1 : ~0)) != 0)
        return fail(violation::reserved_bits);
    if (!is_known(header.code))
        return fail(violation::reserved_opcode);
    if (header.masked != rules_.masked)
        return fail(rules_.masked ? violation::not_masked : violation::masked);
    if (!header.is_length_valid)
        return fail(violation::bad_length);
    if (is_control(header.code)) {
        if (!header.fin)
            return fail(violation::control_fragmented);
        if (header.payload_bytes > max_control_payload_bytes)
            return fail(violation::control_too_long);
        return true;
    }
    if (header.code == opcode::continuation && !in_message_)
        return fail(violation::stray_continuation);
    if (header.code != opcode::continuation && in_message_)
        return fail(violation::unfinished_message);
    const std::uint64_t before = in_message_ ? message_bytes_ : 0;
    const std::uint64_t most = rules_.max_message_bytes;
    if (most != 0 && (before > most || header.payload_bytes > most - before))
        return fail(violation::message_too_big);
    return true;
}

bool frame_scanner::is_held(const frame_header& header) const {
    return is_control(header.code) ||
           (rules_.held_text_bytes != 0 && header.payload_bytes <= rules_.held_text_bytes &&
            header.fin && is_checked(header));
}

void frame_scanner::begin(const frame_header& header) {
    if (header.code != opcode::continuation) {
        in_message_ = true;
        is_text_ = is_checked(header);
        utf8_ = {};
        message_bytes_ = 0;
    }
    in_frame_ = true;
    ends_message_ = header.fin;
    key_ = header.key;
    payload_left_ = header.payload_bytes;
    message_bytes_ += header.payload_bytes;
}

scan_step frame_scanner::scan(std::span<const std::uint8_t> input, extent most) {
    scan_step step;
    scan(input, most, step);
    return step;
}

void frame_scanner::scan(std::span<const std::uint8_t> input, extent most, scan_step& step) {
    const auto stop = [&](scan_step::event what, std::size_t at) {
        step.what = what;
        step.pass = at;
        step.consumed = at;
    };
    std::size_t at = 0;
    bool has_header = false; // the current frame's header lies in this input, at `frame_start`
    std::size_t frame_start = 0;
    for (;;) {
        if (in_frame_) {
            const std::size_t taken =
                static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, input.size() - at));
            const bool ends = taken == payload_left_ && ends_message_;
            if (is_text_ &&
                (!utf8_.accept(input.subspan(at, taken), key_) || (ends && !utf8_.is_complete()))) {
                step.why = violation::bad_utf8;
                in_frame_ = !has_header; // else nothing of the frame passes
                return stop(scan_step::event::violation, has_header ? frame_start : at);
            }
            key_ = key_.from(taken);
            payload_left_ -= taken;
            at += taken;
            if (payload_left_ > 0)
                return stop(scan_step::event::used_up, at);
            in_frame_ = false;
            if (ends_message_) {
                in_message_ = false;
                ++step.messages;
            }
            if (most == extent::frame)
                return stop(scan_step::event::used_up, at);
        }
        if (at == input.size())
            return stop(scan_step::event::used_up, at);

        const auto rest = input.subspan(at);
        const auto header = read_frame_header(rest);
        if (!header)
            return stop(scan_step::event::need_more, at);
        if (!check(*header, step.why))
            return stop(scan_step::event::violation, at);
        const bool is_held_back = is_held(*header);
        const bool is_whole = header->payload_bytes <= rest.size() - header->header_bytes;
        if (!is_whole && is_held_back)
            return stop(scan_step::event::need_more, at);
        if (!is_held_back && (!is_whole || !header->fin || in_message_)) {
            begin(*header);
            has_header = true;
            frame_start = at;
            at += header->header_bytes;
            continue;
        }
        // A control frame, or all of a message in one frame, of which nothing is to be remembered.
        const auto payload =
            rest.subspan(header->header_bytes, static_cast<std::size_t>(header->payload_bytes));
        if (is_checked(*header) && !is_valid_utf8(payload, header->key)) {
            step.why = violation::bad_utf8;
            return stop(scan_step::event::violation, at);
        }
        const std::size_t end = at + header->header_bytes + payload.size();
        if (is_held_back) {
            stop(event_of(header->code), at);
            step.consumed = end;
            step.payload = payload;
            step.key = header->key;
            return;
        }
        at = end;
        ++step.messages;
        if (most == extent::frame)
            return stop(scan_step::event::used_up, at);
    }
}

} // namespace pulsegate
