// The two connections of a session.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pulsegate {

enum class leg : std::uint8_t {
    client, // towards the client; its next hop is usually a reverse proxy
    app,    // towards the application
};
inline constexpr std::size_t leg_count = 2;

[[nodiscard]] constexpr leg other(leg one) {
    return one == leg::client ? leg::app : leg::client;
}

} // namespace pulsegate
