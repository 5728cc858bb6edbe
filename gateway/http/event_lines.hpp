// The lines of an event stream as they pass (WHATWG HTML §9.2.5), and where the gateway may add
// some of its own: nowhere inside a line, and never so that an event would end early. Lines end
// with LF, CR or CR LF; an empty line ends an event. Pure, a few bytes of state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

class event_lines {
public:
    /// These bytes pass.
    void take(std::span<const std::uint8_t> bytes);

    /// The same, up to the next end of an event at most. Nothing passes if one is there already.
    /// \return how many bytes passed: all, unless an event ended before.
    std::size_t take_to_event_border(std::span<const std::uint8_t> bytes);

    /// A comment that every client skips, for the place that was reached: `:` and a line end.
    /// "" inside of a line. The state does not change by sending it.
    [[nodiscard]] std::string_view comment() const;

    /// True between two events, and before the first one.
    [[nodiscard]] bool is_at_event_border() const { return at_ != place::in_line && !in_event_; }

    /// What completes the line end that was read last, to be sent before lines of one's own.
    [[nodiscard]] std::string_view line_end() const { return at_ == place::after_cr ? "\n" : ""; }

private:
    enum class place : std::uint8_t {
        line_start, // behind LF, or before the first byte
        after_cr,   // a line has ended, unless LF follows, which belongs to its end
        in_line,
    };

    void pass(std::uint8_t byte);

    place at_ = place::line_start;
    bool in_event_ = false; // a line of it has passed, and no empty one since
};

} // namespace pulsegate
