// A text as the bytes that sockets and parsers take.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

/// Valid as long as the text.
[[nodiscard]] inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace pulsegate
