#include "alignment/route_heartbeat.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

quiet_times quiet_times_of(milliseconds interval, milliseconds timeout) {
    heartbeat_settings settings;
    settings.interval = interval;
    settings.timeout = timeout;
    return pulsegate::quiet_times_of(settings);
}

std::vector<route_heartbeat> heartbeats_for(const std::vector<std::string>& paths) {
    std::vector<route_heartbeat> heartbeats;
    for (const std::string& path : paths) {
        route_heartbeat& added = heartbeats.emplace_back();
        added.route_path = path;
    }
    return heartbeats;
}

/// The routes that a limit concerns, with a blank after each.
std::string routes_under(const std::string& location, const std::vector<std::string>& routes) {
    const std::vector<route_heartbeat> heartbeats = heartbeats_for(routes);
    limit which;
    which.path = location;
    std::string found;
    for (const route_heartbeat* const each : heartbeats_under(which, heartbeats))
        found += each->route_path + ' ';
    return found;
}

} // namespace

TEST_CASE("the default heartbeat leaves no client without a byte for longer than promised") {
    const quiet_times worst = quiet_times_of(25s, 45s);
    CHECK(worst.to_client == 25'100ms);
    CHECK(worst.from_client == 30'100ms);
    CHECK(worst.eviction_end == 45'350ms);
}

TEST_CASE("a short heartbeat promises shorter silences") {
    const quiet_times worst = quiet_times_of(10s, 20s);
    CHECK(worst.to_client == 10'100ms);
    CHECK(worst.from_client == 15'100ms);
    CHECK(worst.eviction_end == 20'350ms);
}

TEST_CASE("only a limit that pings alone reset does not wait for the answer") {
    const quiet_times worst = quiet_times_of(25s, 45s);
    limit idle;
    idle.resets = idle_reset::to_client;
    CHECK(quiet_time(idle, worst) == 25'100ms);
    idle.resets = idle_reset::to_gateway;
    CHECK(quiet_time(idle, worst) == 30'100ms);
    idle.resets = idle_reset::any;
    CHECK(quiet_time(idle, worst) == 30'100ms);
}

TEST_CASE("a limit without a path concerns every route") {
    CHECK(routes_under("", {"/", "/chat", "/edit"}) == "/ /chat /edit ");
}

TEST_CASE("a location concerns the routes under it, and the one around it") {
    CHECK(routes_under("/", {"/chat", "/edit"}) == "/chat /edit ");
    CHECK(routes_under("/ws/", {"/", "/ws/chat", "/other"}) == "/ws/chat / ");
    CHECK(routes_under("/edit", {"/chat"}).empty());
}

TEST_CASE("of the routes around a location, the longest takes its requests") {
    CHECK(routes_under("/ws/chat/", {"/", "/ws"}) == "/ws ");
    CHECK(routes_under("/ws/chat/", {"/ws", "/"}) == "/ws ");
}

TEST_CASE("a route takes whole segments, and so no location beside it") {
    CHECK(routes_under("/editor/", {"/", "/edit"}) == "/ ");
    CHECK(routes_under("/edit/7", {"/", "/edit"}) == "/edit ");
    CHECK(routes_under("/edit", {"/editor"}) == "/editor "); // as Nginx has it
}

TEST_CASE("a route for just the location's path leaves nothing to the one around it") {
    CHECK(routes_under("/edit", {"/", "/edit"}) == "/edit ");
    CHECK(routes_under("/edit/", {"/", "/edit"}) == "/edit ");
    CHECK(routes_under("/edit/", {"/", "/edit/"}) == "/edit/ ");
}
