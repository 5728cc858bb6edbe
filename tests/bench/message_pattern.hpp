// What the load generator sends, and how it knows that the very same came back: every message of
// every connection is different and can be made again from its two numbers. Printable ASCII, so
// that it may travel as text. Immutable after construction.
#pragma once

#include "bench/frames.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pulsegate::bench {

class message_pattern {
public:
    /// Both numbers of a message in hexadecimal: no message can be shorter.
    static constexpr std::size_t min_bytes = 16;

    /// \param message_bytes  the size of every message; at least `min_bytes`.
    explicit message_pattern(std::size_t message_bytes);

    [[nodiscard]] std::size_t message_bytes() const { return message_bytes_; }

    /// Writes a message. \param to exactly `message_bytes()` long.
    void write(bytes to, std::uint32_t connection, std::uint32_t sequence) const;

    /// True if `got` is that message, in all its bytes.
    [[nodiscard]] bool matches(const_bytes got, std::uint32_t connection,
                               std::uint32_t sequence) const;

private:
    using label = std::array<unsigned char, min_bytes>;

    [[nodiscard]] static label label_of(std::uint32_t connection, std::uint32_t sequence);
    [[nodiscard]] const unsigned char* filling_of(std::uint32_t connection,
                                                  std::uint32_t sequence) const;

    std::size_t message_bytes_;
    std::vector<unsigned char> filling_; // messages take slices of it, each from its own place
};

} // namespace pulsegate::bench
