// A body on its way through the gateway: what comes in the framing of one connection leaves in that
// of the other (RFC 9112 §6, §7). Nothing is collected: at most the beginning of a chunk's line or
// of trailers is kept until the rest comes. No socket here.
#pragma once

#include "http/message_reader.hpp"

#include <array>
#include <string>
#include <string_view>

namespace pulsegate {

/// How the end of a body is told.
enum class body_framing : std::uint8_t {
    none,        // there is no body
    length,      // Content-Length
    chunked,     // Transfer-Encoding: chunked
    until_close, // the end of the connection: answers in HTTP/1.0
};

/// The parts of one write: the head of a message, pieces of its body in their framing, and its end,
/// as far as there are any. What it points to has to live until then.
class framed_pieces {
public:
    void clear() { count_ = 0; }
    void add(std::string_view bytes) {
        if (!bytes.empty())
            parts_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    /// \pre since clear() no other pieces were added.
    void add(const body_pieces& pieces, body_framing as);

    [[nodiscard]] std::span<const iovec> all() const { return std::span(parts_).first(count_); }
    [[nodiscard]] bool is_empty() const { return count_ == 0; }

private:
    // A head, the line of a chunk, its pieces, their end, and the end of the body.
    std::array<iovec, body_pieces::most + 5> parts_;
    std::size_t count_ = 0;
    std::array<char, 18> size_; // of the chunk, in hexadecimal digits
};

/// The trailers that a recipient may be told (RFC 9110 §6.5.1): none that frames, routes or
/// authenticates. As lines, without the empty one.
[[nodiscard]] std::string trailer_lines(const http::fields& trailers);

/// What ends a body in its framing.
[[nodiscard]] std::string end_of_body(body_framing as, const http::fields& trailers);

} // namespace pulsegate
