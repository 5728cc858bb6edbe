#include "websocket/masking_key.hpp"

#include "base/assert.hpp"

#include <cstring>

namespace pulsegate {

std::span<const std::uint8_t> unmask(std::span<const std::uint8_t> payload, masking_key key,
                                     std::span<std::uint8_t> out) {
    PULSEGATE_ASSERT(payload.size() <= out.size());
    const sixteen_octets keys = key.repeated();
    std::size_t at = 0;
    for (; payload.size() - at >= sizeof keys; at += sizeof keys) {
        sixteen_octets octets;
        std::memcpy(&octets, payload.data() + at, sizeof octets);
        octets ^= keys;
        std::memcpy(out.data() + at, &octets, sizeof octets);
    }
    for (; at < payload.size(); ++at)
        out[at] = static_cast<std::uint8_t>(payload[at] ^ key.at(at));
    return out.first(payload.size());
}

} // namespace pulsegate
