#include "http/event_lines.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::uint8_t beginning_is_over = 0xFF;

bool is_line_end(std::uint8_t byte) {
    return byte == '\n' || byte == '\r';
}

/// Where the first CR or LF is, or the size.
std::size_t find_line_end(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t block = 64;
    std::size_t at = 0;
    for (; bytes.size() - at >= block; at += block) {
        std::uint8_t found = 0; // without a branch, so that compilers take many bytes at once
        for (std::size_t i = 0; i < block; ++i)
            found |= static_cast<std::uint8_t>(is_line_end(bytes[at + i]));
        if (found != 0)
            break;
    }
    while (at < bytes.size() && !is_line_end(bytes[at]))
        ++at;
    return at;
}

/// Where the last blank line begins, that is, its CR or LF is, if one ends shortly before the end:
/// what came before it does not matter any more. Else 0.
std::size_t last_blank_line(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t most = 512; // events are small; longer ones are followed line by line
    const std::size_t least = bytes.size() > most ? bytes.size() - most : 1;
    for (std::size_t at = bytes.size(); at-- > least;) {
        const bool is_crlf = bytes[at] == '\n' && bytes[at - 1] == '\r';
        if (is_line_end(bytes[at]) && is_line_end(bytes[at - 1]) && !is_crlf)
            return at;
    }
    return 0;
}

} // namespace

event_lines::passing event_lines::take(std::span<const std::uint8_t> bytes) {
    if (beginning_ != beginning_is_over)
        return take_beginning(bytes);
    follow(bytes);
    return {{}, bytes};
}

event_lines::passing event_lines::take_beginning(std::span<const std::uint8_t> bytes) {
    const auto awaited = as_bytes(byte_order_mark).subspan(beginning_);
    const auto differing = std::ranges::mismatch(awaited, bytes).in1;
    const auto alike = static_cast<std::size_t>(differing - awaited.begin());
    if (alike == bytes.size() && alike < awaited.size()) { // only more will tell
        beginning_ = static_cast<std::uint8_t>(beginning_ + alike);
        is_in_line_ = is_in_event_ = beginning_ > 0 && !is_commented_;
        return {{}, is_commented_ ? bytes.first(0) : bytes};
    }
    passing result{{}, bytes};
    const bool has_mark = alike == awaited.size();
    if (!has_mark && is_commented_)
        result.held = byte_order_mark.substr(0, beginning_);
    if (has_mark && is_commented_)
        result.bytes = bytes.subspan(alike);
    is_in_line_ = is_in_event_ = !has_mark && beginning_ > 0;
    beginning_ = beginning_is_over;
    follow(has_mark ? bytes.subspan(alike) : bytes);
    return result;
}

void event_lines::follow(std::span<const std::uint8_t> bytes) {
    if (const std::size_t blank = last_blank_line(bytes); blank > 0) {
        is_in_line_ = is_in_event_ = false;
        last_ = ending::lf;
        bytes = bytes.subspan(blank);
    }
    while (!bytes.empty())
        bytes = bytes.subspan(follow_line(bytes));
}

/// Follows up to the next end of a line, which may be behind the bytes.
/// \return how many bytes that are, at least one.
std::size_t event_lines::follow_line(std::span<const std::uint8_t> bytes) {
    const std::uint8_t first = bytes.front();
    if (!is_in_line_ && first == '\n' && last_ == ending::cr) {
        last_ = ending::crlf;
        return 1;
    }
    if (!is_in_line_ && is_line_end(first)) {
        is_in_event_ = false;
    } else if (!is_in_line_) {
        is_in_line_ = true;
        is_in_event_ = is_in_event_ || first != ':';
    }
    const std::size_t end = find_line_end(bytes);
    if (end == bytes.size())
        return end;
    is_in_line_ = false;
    last_ = bytes[end] == '\r' ? ending::cr : ending::lf;
    return end + 1;
}

std::string_view event_lines::put_comment() {
    if (is_in_line_)
        return {};
    if (beginning_ != beginning_is_over)
        is_commented_ = true;
    switch (last_) {
    case ending::cr:
        return is_in_event_ ? ":\r" : ":\r\r";
    case ending::crlf:
        return is_in_event_ ? ":\r\n" : ":\r\n\r\n";
    case ending::lf:
        break;
    }
    return is_in_event_ ? ":\n" : ":\n\n";
}

std::string_view event_lines::line_end() const {
    switch (last_) {
    case ending::cr:
        return "\r";
    case ending::crlf:
        return "\r\n";
    case ending::lf:
        break;
    }
    return "\n";
}

std::optional<std::size_t> event_lines::to_event_border(std::span<const std::uint8_t> bytes) const {
    event_lines ahead = *this;
    std::size_t passed = 0;
    while (!ahead.is_at_event_border()) {
        if (passed == bytes.size())
            return std::nullopt;
        passed += ahead.follow_line(bytes.subspan(passed));
    }
    return passed;
}

} // namespace pulsegate
