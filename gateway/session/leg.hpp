// The two connections of a session, and the two ways between them.
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

enum class direction : std::uint8_t { client_to_app, app_to_client };
inline constexpr std::size_t direction_count = 2;

[[nodiscard]] constexpr direction direction_from(leg from) {
    return from == leg::client ? direction::client_to_app : direction::app_to_client;
}

/// Of an enumeration without gaps: its place in an array.
template <class Enum>
[[nodiscard]] constexpr std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

} // namespace pulsegate
