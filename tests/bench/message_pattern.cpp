#include "bench/message_pattern.hpp"

#include <cstring>
#include <random>

namespace pulsegate::bench {

namespace {

constexpr std::size_t places = 4096; // where a slice may begin; a power of two

} // namespace

message_pattern::message_pattern(std::size_t message_bytes)
    : message_bytes_(message_bytes), filling_(message_bytes + places) {
    std::mt19937 random(20260101); // a fixed seed: the same bytes in every run
    for (unsigned char& byte : filling_) {
        byte = static_cast<unsigned char>(' ' + random() % ('~' - ' ' + 1));
    }
}

message_pattern::label message_pattern::label_of(std::uint32_t connection, std::uint32_t sequence) {
    constexpr char digits[] = "0123456789abcdef";
    label made{};
    std::uint64_t both = std::uint64_t{connection} << 32 | sequence;
    for (std::size_t i = made.size(); i-- > 0; both >>= 4) {
        made[i] = static_cast<unsigned char>(digits[both & 0xF]);
    }
    return made;
}

const unsigned char* message_pattern::filling_of(std::uint32_t connection,
                                                 std::uint32_t sequence) const {
    return filling_.data() + (connection * 2654435761u + sequence * 97u) % places;
}

void message_pattern::write(bytes to, std::uint32_t connection, std::uint32_t sequence) const {
    const label head = label_of(connection, sequence);
    std::memcpy(to.data(), head.data(), head.size());
    std::memcpy(to.data() + head.size(), filling_of(connection, sequence),
                message_bytes_ - head.size());
}

bool message_pattern::matches(const_bytes got, std::uint32_t connection,
                              std::uint32_t sequence) const {
    const label head = label_of(connection, sequence);
    return got.size() == message_bytes_ && std::memcmp(got.data(), head.data(), head.size()) == 0 &&
           std::memcmp(got.data() + head.size(), filling_of(connection, sequence),
                       message_bytes_ - head.size()) == 0;
}

} // namespace pulsegate::bench
