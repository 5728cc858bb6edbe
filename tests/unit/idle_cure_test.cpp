// What PG301 and PG302 propose: a heartbeat that fits under the limit, and that no other rule
// objects to.
#include "alignment/codes.hpp"
#include "support/checked_text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

namespace {

std::string heartbeat(std::string_view interval, std::string_view timeout) {
    return "limits: { connections: 10 }\nheartbeat: { interval: " + std::string(interval) +
           ", timeout: " + std::string(timeout) + " }\n";
}

checked_configuration under(std::string_view idle, const std::string& heartbeat) {
    return check_text(heartbeat +
                      "routes: [{ path: /, upstream: echo }]\nproxies: [{ name: a, idle: " +
                      std::string(idle) + " }]\n");
}

} // namespace

TEST_CASE("a shorter interval comes with the timeout that goes with it") {
    struct row {
        std::string_view idle;
        std::string_view interval;
        std::string_view timeout;
        std::string_view help;
    };
    constexpr std::array<row, 7> rows{{
        {"60s", "60s", "120s", "set `heartbeat.interval: 39s` and `heartbeat.timeout: 59s`"},
        {"35s", "25s", "45s", "set `heartbeat.interval: 19s` and `heartbeat.timeout: 34s`"},
        {"30s", "16s", "28s", "set `heartbeat.interval: 14s`"},
        {"20s", "25s", "45s", "set `heartbeat.interval: 4s` and `heartbeat.timeout: 12s`"},
        {"12s", "25s", "45s", "set `heartbeat.interval: 3s` and `heartbeat.timeout: 11s`"},
        // The limit is too short for an eviction before it.
        {"8s", "25s", "45s", "set `heartbeat.interval: 2s` and `heartbeat.timeout: 10s`"},
        // No whole second is short enough.
        {"6s", "25s", "45s", "have this proxy wait at least 1m"},
    }};
    for (const row& each : rows) {
        CAPTURE(each.idle);
        const auto checked = under(each.idle, heartbeat(each.interval, each.timeout));
        REQUIRE_FALSE(checked.diagnostics.empty());
        CHECK(checked.diagnostics.front().help == each.help);
    }
}

TEST_CASE("the proposed heartbeat leaves no error, and nothing to do about dead clients") {
    struct row {
        std::string_view idle;
        std::string_view interval;
        std::string_view timeout;
    };
    constexpr std::array<row, 4> rows{{{"60s", "39s", "59s"},
                                       {"35s", "19s", "34s"},
                                       {"30s", "14s", "28s"},
                                       {"20s", "4s", "12s"}}};
    for (const row& each : rows) {
        CAPTURE(each.idle);
        const auto checked = under(each.idle, heartbeat(each.interval, each.timeout));
        for (const diagnostic& found : checked.diagnostics)
            CHECK(found.id == hop_code::ping_rate);
    }
}

TEST_CASE("a route with both keys of its own is named once") {
    const auto checked = check_text("proxies: [{ name: a, idle: 35s }]\n"
                                    "routes:\n"
                                    "  - path: /edit\n"
                                    "    upstream: echo\n"
                                    "    heartbeat: { interval: 30s, timeout: 60s }\n");
    REQUIRE_FALSE(checked.diagnostics.empty());
    CHECK(checked.diagnostics.front().help ==
          "set `heartbeat.interval: 19s` and `heartbeat.timeout: 34s` for the route `/edit`");
}
