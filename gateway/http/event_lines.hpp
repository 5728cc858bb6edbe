// The lines of an event stream (text/event-stream, WHATWG HTML §9.2.5 and §9.2.6), followed as they
// pass: where may the gateway put in a comment, and where may it end the stream? It keeps no byte
// of what passes, and a line may be of any length. Pure.
//
// What may be put in has the line end that the stream itself has, for clients that know only that
// one. Behind a CR that is a CR: whether an LF of the app follows or not, it ends one line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

/// Lives in each stream: five bytes.
class event_lines {
public:
    /// What goes to the client for bytes of the app, in this order.
    struct passing {
        std::string_view held;               ///< what was kept back before; of static lifetime
        std::span<const std::uint8_t> bytes; ///< a part of the bytes that were taken
    };

    /// Follows the next bytes of the app.
    /// \return them, in all streams but those that begin with a byte order mark after a comment was
    /// put in front: there it is left out, since clients skip it at the very beginning only.
    [[nodiscard]] passing take(std::span<const std::uint8_t> bytes);

    /// A comment that may be put in here, behind all that take() gave, as a heartbeat. Between
    /// events it has a blank line of its own, within an event it has none: that would dispatch what
    /// there is of the event.
    /// \return empty within a line: no comment may stand here. Of static lifetime. The caller puts
    /// it in: that it stands at the beginning is remembered.
    [[nodiscard]] std::string_view put_comment();

    /// Whether the stream may end here without loss: no line of an event was passed since the last
    /// one was dispatched. `retry: 1000` and twice line_end() may be put in before the end.
    [[nodiscard]] bool is_at_event_border() const { return !is_in_line_ && !is_in_event_; }

    /// As the stream itself ends its lines; LF as long as there was none.
    [[nodiscard]] std::string_view line_end() const;

    /// How many of the next bytes reach an event border; 0 at one, nothing if none is among them.
    [[nodiscard]] std::optional<std::size_t>
    to_event_border(std::span<const std::uint8_t> bytes) const;

private:
    enum class ending : std::uint8_t { lf, cr, crlf };

    passing take_beginning(std::span<const std::uint8_t> bytes);
    void follow(std::span<const std::uint8_t> bytes);
    std::size_t follow_line(std::span<const std::uint8_t> bytes);

    bool is_in_line_ = false;   // a line has begun and not ended
    bool is_in_event_ = false;  // it or one before it is of an event, and no blank line followed
    ending last_ = ending::lf;  // of the last line; behind a CR an LF may follow that belongs to it
    bool is_commented_ = false; // a comment was put in before the first byte of the app
    std::uint8_t beginning_ = 0; // bytes of the stream so far that may be of a byte order mark
};

} // namespace pulsegate
