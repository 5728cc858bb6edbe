#include "base/ip_address.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace pulsegate {
namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

} // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
    const std::string terminated(text);
    if (terminated.size() != std::char_traits<char>::length(terminated.c_str()))
        return std::nullopt; // a NUL inside
    ip_address result;
    if (inet_pton(AF_INET6, terminated.c_str(), result.bytes_.data()) == 1)
        return result;
    std::copy(v4_mapped.begin(), v4_mapped.end(), result.bytes_.begin());
    if (inet_pton(AF_INET, terminated.c_str(), result.bytes_.data() + v4_mapped.size()) == 1)
        return result;
    return std::nullopt;
}

ip_address ip_address::of_v4(std::span<const std::uint8_t, 4> bytes) {
    ip_address result;
    std::copy(v4_mapped.begin(), v4_mapped.end(), result.bytes_.begin());
    std::copy(bytes.begin(), bytes.end(), result.bytes_.begin() + v4_mapped.size());
    return result;
}

ip_address ip_address::of_v6(std::span<const std::uint8_t, 16> bytes) {
    ip_address result;
    std::copy(bytes.begin(), bytes.end(), result.bytes_.begin());
    return result;
}

bool ip_address::is_v4() const {
    return std::equal(v4_mapped.begin(), v4_mapped.end(), bytes_.begin());
}

std::string ip_address::to_string() const {
    if (is_v4()) {
        std::string dotted;
        for (const std::uint8_t byte : std::span(bytes_).subspan(v4_mapped.size()))
            dotted += (dotted.empty() ? "" : ".") + std::to_string(byte);
        return dotted;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

bool ip_address::shares_prefix(const ip_address& other, unsigned bits) const {
    const std::size_t whole = bits / 8;
    if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other.bytes_.begin()))
        return false;
    const unsigned rest = bits % 8;
    return rest == 0 || (bytes_[whole] ^ other.bytes_[whole]) >> (8 - rest) == 0;
}

ip_address ip_address::prefix(unsigned bits) const {
    ip_address result = *this;
    for (unsigned bit = bits; bit < 8 * bytes_.size(); ++bit)
        result.bytes_[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> (bit % 8)));
    return result;
}

bool ip_address::is_loopback() const {
    return ip_block::of(*parse("127.0.0.0"), 8).contains(*this) || *this == *parse("::1");
}

} // namespace pulsegate
