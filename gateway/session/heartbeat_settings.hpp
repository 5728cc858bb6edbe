// What a route says of its heartbeat. A value; the defaults are those that gateway.yaml documents.
#pragma once

#include "base/time.hpp"

#include <map>
#include <string>

namespace pulsegate {

enum class heartbeat_method {
    ping,           // native pings (RFC 6455 §5.5.2)
    text,           // a text message, for stacks without native pings
    ping_then_text, // native; adds the text once a ping went unanswered for one interval
};

/// What becomes of the application's own pings.
enum class app_ping_rule {
    answer, // the gateway answers them, and the client sees none
    pass,   // they go to the client, and its pongs to the application
};

struct heartbeat_settings {
    milliseconds interval{25'000}; // between two heartbeats of a session
    milliseconds timeout{45'000};  // silence after which a client is evicted; > interval
    heartbeat_method method = heartbeat_method::ping;
    app_ping_rule app_pings = app_ping_rule::answer;
    std::string text_send = "ping";            // the text heartbeat; 1 to 125 bytes of UTF-8
    std::string text_expect = "pong";          // its exact answer, which the application never sees
    std::map<std::string, std::string> answer; // replies to a client's own text heartbeat

    /// True if text messages of the client may be meant for the gateway. Such a route negotiates no
    /// compression, since a compressed heartbeat could not be recognised.
    [[nodiscard]] bool reads_text() const {
        return method != heartbeat_method::ping || !answer.empty();
    }
};

} // namespace pulsegate
