// The id of a connection: random, as 16 hexadecimal digits in headers and logs.
#pragma once

#include <cstdint>
#include <string>

namespace pulsegate {

[[nodiscard]] inline std::string to_text(std::uint64_t id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (auto at = text.rbegin(); at != text.rend(); ++at, id >>= 4)
        *at = digits[id & 0xF];
    return text;
}

} // namespace pulsegate
