// Port numbers in addresses and URLs. Pure.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pulsegate {

/// A decimal number from 0 to 65535 and nothing else.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return port;
}

} // namespace pulsegate
