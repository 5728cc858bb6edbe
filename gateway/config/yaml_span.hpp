// How much of a line to mark for a YAML value. Pure.
#pragma once

#include "config/source.hpp"

#include <optional>
#include <string_view>

namespace pulsegate {

/// Skips an anchor and a tag in front of a value: yaml-cpp's place of a value includes them.
[[nodiscard]] std::size_t skip_properties(std::string_view text, std::size_t offset);

/// The place of a scalar whose decoded text is `value`. Nothing if it begins with a quote that is
/// never closed, which yaml-cpp lets pass.
[[nodiscard]] std::optional<span> span_of_scalar(const source& in, std::size_t offset,
                                                 std::string_view value);

/// From `offset` to the matching bracket if that is on the same line, else to the end of the line's
/// content.
[[nodiscard]] span span_of_collection(const source& in, std::size_t offset);

/// From `offset` to the end of the line, without a comment and without spaces at its end; of a very
/// long line only the beginning.
[[nodiscard]] span span_to_line_end(const source& in, std::size_t offset);

} // namespace pulsegate
