// The path of a request as different servers read it. What a router compares and what an
// application serves must be the same, and servers differ in what they decode, and in what they do
// with dot segments. Pure.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace pulsegate {

/// One path in several readings. In those for comparing, percent-encoding is taken away from all
/// but `/`, `\`, `;`, `?`, `#` and `%`; they are equal where the path leaves no doubt.
struct path_readings {
    std::string normal;    // as it may go on (RFC 3986 §6.2.2), without dot or empty segments
    std::string compared;  // the same, for comparing
    std::string with_dots; // `compared` with its dot segments, as who does not know them reads it
    std::string with_gaps; // and with its empty segments, as in `//chat`
    std::string loosest;   // everything decoded, however often it was encoded; `\` is a slash, and
                           // what follows `;`, `?` or `#` is no part of a segment
};

/// Reads a path, which begins with a slash and has no query. Takes time linear in its length.
/// Errors: what no client sends that means well, and servers disagree about: a percent sign without
/// two hexadecimal digits, encoded control characters, UTF-8 that is longer than need be (RFC 3629
/// §10), and dot segments that are encoded or stand beside something that is ambiguous itself.
[[nodiscard]] parsed<path_readings> read_path(std::string_view path);

/// True if all readings of this path are the path itself, as of nearly all that clients send.
[[nodiscard]] bool is_plain_path(std::string_view path);

/// As in path_readings::compared, for a path without dot and empty segments.
[[nodiscard]] std::string to_compared(std::string_view path);

/// What is left of a path without so many segments at its beginning: "", or with a slash in front.
[[nodiscard]] std::string_view without_segments(std::string_view path, std::size_t count);

/// Segments of a path: none in `/`, two in `/a/b` and `/a/b/`.
[[nodiscard]] std::size_t count_segments(std::string_view path);

} // namespace pulsegate
