#include "http/event_lines.hpp"

#include <algorithm>

namespace pulsegate {

void event_lines::pass(std::uint8_t byte) {
    if (byte == '\n' && at_ == place::after_cr) {
        at_ = place::line_start;
        return;
    }
    const bool is_end = byte == '\n' || byte == '\r';
    if (!is_end)
        in_event_ = true;
    else if (at_ != place::in_line)
        in_event_ = false;
    at_ = !is_end ? place::in_line : byte == '\r' ? place::after_cr : place::line_start;
}

void event_lines::take(std::span<const std::uint8_t> bytes) {
    // Whatever came before two line ends makes no difference.
    constexpr std::size_t most_that_matters = 4;
    if (bytes.size() > most_that_matters) {
        const auto is_text = [](std::uint8_t byte) { return byte != '\n' && byte != '\r'; };
        const auto last = std::find_if(bytes.rbegin(), bytes.rend(), is_text);
        const auto text_end = static_cast<std::size_t>(bytes.rend() - last);
        if (text_end > 0) {
            at_ = place::in_line;
            in_event_ = true;
            bytes = bytes.subspan(text_end);
        }
    }
    for (const std::uint8_t byte : bytes)
        pass(byte);
}

std::size_t event_lines::take_to_event_border(std::span<const std::uint8_t> bytes) {
    std::size_t passed = 0;
    while (passed < bytes.size() && !is_at_event_border())
        pass(bytes[passed++]);
    return passed;
}

std::string_view event_lines::comment() const {
    switch (at_) {
    case place::line_start:
        return ":\n";
    case place::after_cr: // whether or not LF follows, no empty line comes of it
        return "\n:\r";
    case place::in_line:
        return "";
    }
    return "";
}

} // namespace pulsegate
