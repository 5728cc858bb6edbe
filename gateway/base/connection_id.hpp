// The id of a connection: random, as 16 hexadecimal digits in headers and logs.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

[[nodiscard]] inline std::string to_text(std::uint64_t id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (auto at = text.rbegin(); at != text.rend(); ++at, id >>= 4)
        *at = digits[id & 0xF];
    return text;
}

/// The id that to_text() has written so; nothing for any other text.
[[nodiscard]] inline std::optional<std::uint64_t> connection_id_of(std::string_view text) {
    std::uint64_t id = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, id, 16);
    if (text.size() != 16 || error != std::errc{} || stop != end)
        return std::nullopt;
    return id;
}

} // namespace pulsegate
