// What can be told of a session, or of an event stream, at one moment, for whoever operates the
// gateway. A value, but for the texts: they are the session's own.
#pragma once

#include "base/time.hpp"
#include "session/close_reason.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pulsegate {

struct session_facts {
    std::uint64_t id = 0;
    bool is_stream = false;              // an event stream, whose bytes are those of its body
    std::string_view client;             // address; `unix` of one that came over a Unix socket
    std::string_view route;              // path of its route
    std::string_view path;               // that was asked for, any bytes
    std::string_view user_agent;         // likewise
    std::optional<close_reason> closing; // why, once it is ending
    duration age{};
    duration client_idle{};             // since the last byte from the client
    duration client_quiet{};            // since the last byte to the client
    duration app_idle{};                // since the last byte from the application
    std::optional<duration> round_trip; // of the last ping that was answered
    std::uint64_t client_messages = 0;  // forwarded from the client
    std::uint64_t client_bytes = 0;
    std::uint64_t app_messages = 0; // forwarded from the application
    std::uint64_t app_bytes = 0;
    std::uint64_t pending_bytes = 0; // that wait for either peer
};

} // namespace pulsegate
