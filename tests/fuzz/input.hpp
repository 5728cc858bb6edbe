// Takes a fuzzer's input apart: choices from its front, what they are about from the rest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pulsegate::fuzz {

class input {
public:
    explicit input(std::span<const std::uint8_t> bytes) : left_(bytes) {}

    [[nodiscard]] bool is_empty() const { return left_.empty(); }

    /// The next byte; 0 behind the end.
    std::uint8_t byte() {
        const auto one = bytes(1);
        return one.empty() ? std::uint8_t{0} : one.front();
    }

    /// The next two bytes as a number; behind the end they are 0.
    std::uint16_t number() {
        const unsigned high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }

    /// The next `count` bytes, or as many as there are.
    std::span<const std::uint8_t> bytes(std::size_t count) {
        const auto front = left_.first(std::min(count, left_.size()));
        left_ = left_.subspan(front.size());
        return front;
    }

    std::span<const std::uint8_t> rest() { return bytes(left_.size()); }

private:
    std::span<const std::uint8_t> left_;
};

} // namespace pulsegate::fuzz
