// heartbeat.app_pings: what becomes of the application's own pings, and of the client's pongs.
#include "support/core_trial.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::core_trial;

core_trial::options passing() {
    core_trial::options how;
    how.app_pings = app_ping_rule::pass;
    return how;
}

std::string ping(const std::string& payload) {
    return core_trial::frame_of(leg::app, opcode::ping, payload);
}

std::string pong(const std::string& payload) {
    return core_trial::frame_of(leg::client, opcode::pong, payload);
}

/// The payload of the only ping that a client has got.
std::string payload_of_ping(core_trial& trial) {
    const std::string& got = trial.client.received;
    const auto header = read_frame_header(as_bytes(got));
    REQUIRE(header);
    REQUIRE(header->code == opcode::ping);
    return got.substr(header->header_bytes, header->payload_bytes);
}

TEST_CASE("an application's pings end at the gateway, which answers them, if nobody says else") {
    core_trial trial;
    trial.bytes(leg::app, ping("beat"));
    CHECK(trial.client.received.empty());
    CHECK(trial.app.received.find("beat") == std::string::npos); // masked
    CHECK(read_frame_header(as_bytes(trial.app.received))->code == opcode::pong);
    trial.bytes(leg::client, pong("beat"));
    CHECK(read_frame_header(as_bytes(trial.app.received))->payload_bytes == 4);
    CHECK(trial.app.received.size() == pong("beat").size());
}

TEST_CASE("where they pass, they keep their place between the frames, and the pongs come back") {
    core_trial trial(passing());
    const auto part = [](opcode code, const char* text, bool fin) {
        return core_trial::frame_of(leg::app, code, text, fin);
    };
    const std::string all = part(opcode::text, "one ", false) + ping("beat") +
                            part(opcode::continuation, "message", true) + ping("") +
                            part(opcode::text, "next", true);
    trial.bytes(leg::app, all);
    CHECK(trial.client.received == all);
    CHECK(trial.app.received.empty());
    const std::string answers =
        pong("beat") + core_trial::frame_of(leg::client, opcode::text, "hello") + pong("");
    trial.bytes(leg::client, answers);
    CHECK(trial.app.received == answers); // with the client's own masking key
}

TEST_CASE("the answer to the gateway's own ping does not reach the application") {
    core_trial trial(passing());
    trial.bytes(leg::app, ping("beat"));
    trial.client.received.clear();
    trial.pass(10s);
    const std::string own = payload_of_ping(trial);
    trial.app.received.clear(); // the application was pinged too
    trial.bytes(leg::client, pong(own));
    CHECK(trial.app.received.empty());
    CHECK(trial.core.last_round_trip() == duration::zero());
    CHECK(trial.counts.pongs_received[index(leg::client)] == 1);
    trial.bytes(leg::client, pong("beat"));
    CHECK(trial.app.received == pong("beat"));
}

TEST_CASE("a pong that no application has asked for does not reach it") {
    core_trial trial(passing());
    trial.bytes(leg::client, pong("beat"));
    CHECK(trial.app.received.empty());
    trial.bytes(leg::app, ping("beat"));
    trial.bytes(leg::client, pong("beat") + pong("again"));
    CHECK(trial.app.received == pong("beat"));
}

TEST_CASE("a client's pong for its application is no frame of its rate, but a flood of pongs is") {
    core_trial::options how = passing();
    how.rate = {.messages = 1, .bytes = 0, .action = rate_action::close};
    core_trial trial(how);
    for (int i = 0; i < 20; ++i) {
        trial.bytes(leg::app, ping("beat"));
        trial.bytes(leg::client, pong("beat"));
    }
    CHECK(trial.core.is_open());
    for (int i = 0; i < 20; ++i)
        trial.bytes(leg::client, pong("beat"));
    CHECK_FALSE(trial.core.is_open());
    CHECK(trial.core.life().reason() == close_reason::rate_exceeded);
}

TEST_CASE("a vanished client is evicted although its application pings it all the time") {
    core_trial trial(passing());
    trial.pass(50s, [&] {
        if (trial.core.is_open())
            trial.bytes(leg::app, ping("beat"));
    });
    CHECK(trial.core.life().reason() == close_reason::evicted);
    CHECK(trial.closed_at() >= 45s);
}

} // namespace
} // namespace pulsegate
