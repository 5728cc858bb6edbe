#include "alignment/rules/wording.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

const source file = make_source("nginx.conf", "proxy_read_timeout 20s;\nserver\n");

limit read_timeout(limit_origin origin) {
    return {.value = 20s,
            .option = "proxy_read_timeout",
            .setting = "proxy_read_timeout {}s;",
            .origin = origin,
            .sure = confidence::documented,
            .cited = "a manual",
            .where = {file, 0, 23}};
}

} // namespace

TEST_CASE("a duration is rounded up to one that people would write") {
    constexpr std::array<std::pair<milliseconds, milliseconds>, 13> rows{{{1ms, 5s},
                                                                          {5s, 5s},
                                                                          {5'001ms, 10s},
                                                                          {15'001ms, 20s},
                                                                          {40'100ms, 45s},
                                                                          {45'351ms, 60s},
                                                                          {60s, 60s},
                                                                          {90'001ms, 120s},
                                                                          {180'001ms, 300s},
                                                                          {300'001ms, 6min},
                                                                          {1h, 1h},
                                                                          {1h + 1ms, 2h},
                                                                          {24h + 1s, 25h}}};
    for (const auto& [least, rounded] : rows) {
        CAPTURE(least.count());
        CHECK(round_up(least) == rounded);
    }
}

TEST_CASE("a setting is written in whole seconds, rounded up") {
    const limit which = read_timeout(limit_origin::file);
    CHECK(setting_text(which, 60s) == "proxy_read_timeout 60s;");
    CHECK(setting_text(which, 60'001ms) == "proxy_read_timeout 61s;");
    CHECK(setting_text(which, 1h) == "proxy_read_timeout 3600s;");
    limit fixed;
    fixed.setting = "on";
    CHECK(setting_text(fixed, 60s) == "on");
}

TEST_CASE("a limit says what it does to connections and who says so") {
    CHECK(describe(read_timeout(limit_origin::file)) ==
          "ends a connection after 20s without a byte");
    CHECK(describe(read_timeout(limit_origin::file_default)) ==
          "has no `proxy_read_timeout`: by default it ends a connection after 20s without a byte");
    CHECK(describe(read_timeout(limit_origin::preset)) ==
          "ends a connection after 20s without a byte (documented: a manual)");
    CHECK(describe(read_timeout(limit_origin::declared)) ==
          "ends a connection after 20s without a byte");
}

TEST_CASE("a limit says which direction and which end it means") {
    limit which = read_timeout(limit_origin::file);
    which.resets = idle_reset::to_client;
    CHECK(describe(which) == "ends a connection after 20s without a byte towards the client");
    which.resets = idle_reset::to_gateway;
    CHECK(describe(which) == "ends a connection after 20s without a byte from the client");
    which.kind = limit_kind::life;
    CHECK(describe(which) == "ends every connection after 20s");
    which.kind = limit_kind::reload;
    CHECK(describe(which) == "ends all connections 20s after a reload");
}

TEST_CASE("a limit is raised where it stands, or where it could stand") {
    const hop of{"edge", {}, {}, {}};
    CHECK(raise_text(of, read_timeout(limit_origin::file), 60s) ==
          "set `proxy_read_timeout 60s;` here");
    CHECK(raise_text(of, read_timeout(limit_origin::file_default), 60s) ==
          "add `proxy_read_timeout 60s;` here");
    limit elsewhere = read_timeout(limit_origin::file);
    elsewhere.goes_into = "backend app";
    CHECK(raise_text(of, elsewhere, 60s) == "add `proxy_read_timeout 60s;` to `backend app`");
}

TEST_CASE("a limit of a proxy that cannot be read is raised in both places") {
    const hop of{"edge", {}, {}, {}};
    limit idle = read_timeout(limit_origin::preset);
    CHECK(raise_text(of, idle, 60s) ==
          "set `proxy_read_timeout 60s;` in edge, and add `idle: 1m` here");
    idle.origin = limit_origin::declared;
    CHECK(raise_text(of, idle, 60s) ==
          "set `proxy_read_timeout 60s;` in edge, and set `idle: 1m` here");
    idle.kind = limit_kind::life;
    CHECK(raise_text(of, idle, 1h) ==
          "set `proxy_read_timeout 3600s;` in edge, and set `lifetime: 1h` here");
    idle.kind = limit_kind::reload; // which has no key
    CHECK(raise_text(of, idle, 60s) == "set `proxy_read_timeout 60s;` in edge");
}

TEST_CASE("nobody is told to raise what cannot be set") {
    CHECK(raise_text({"edge", {}, {}, {}}, {.value = 20s}, 60s) == "");
}

TEST_CASE("a key of a route is named with its route") {
    route_heartbeat of;
    of.route_path = "/edit";
    CHECK(key_text(of, "interval", 8s) == "`heartbeat.interval: 8s`");
    of.interval.is_own = true;
    CHECK(key_text(of, "interval", 8s) == "`heartbeat.interval: 8s` for the route `/edit`");
    CHECK(key_text(of, "timeout", 90s) == "`heartbeat.timeout: 1m30s`");
}

TEST_CASE("a default explains itself once in the primary label, a value once at its place") {
    diagnostic what{code::syntax, "", {}, {}, ""};
    what.primary.text = "cuts";
    explain(what, {}, "pings leave every 25s");
    explain(what, {}, "pings leave every 25s");
    CHECK(what.primary.text == "cuts; pings leave every 25s by default");
    CHECK(what.others.empty());

    const origin set{{file, 0, 5}, {file, 6, 3}, true};
    explain(what, {&set, true, true}, "set");
    explain(what, {&set, true, true}, "set");
    REQUIRE(what.others.size() == 1);
    CHECK(what.others.front().text == "set");
}

TEST_CASE("limits of one place and value are shared, and of different kinds are not") {
    hop of{"edge", {}, {}, {}};
    of.limits = {read_timeout(limit_origin::file), read_timeout(limit_origin::file)};
    of.limits.front().path = "/a";
    of.limits.back().path = "/b";
    std::vector<route_heartbeat> heartbeats(2);
    heartbeats.front().route_path = "/a";
    heartbeats.back().route_path = "/b";
    const auto shared = shared_limits(of, limit_kind::idle, heartbeats);
    REQUIRE(shared.size() == 1);
    CHECK(shared.front().heartbeats ==
          std::vector<const route_heartbeat*>{&heartbeats[0], &heartbeats[1]});
    CHECK(shared_limits(of, limit_kind::life, heartbeats).empty());
}

TEST_CASE("of limits that one setting replaces, the shortest stands for all") {
    hop of{"edge", {}, {}, {}};
    of.limits = {read_timeout(limit_origin::file), read_timeout(limit_origin::file)};
    of.limits.front().option = "timeout client";
    of.limits.back().value = 15s;
    CHECK(limits_to_mend(of, limit_kind::idle, {}).size() == 2);
    for (limit& each : of.limits)
        each.goes_into = "backend app";
    const auto kept = limits_to_mend(of, limit_kind::idle, {});
    REQUIRE(kept.size() == 1);
    CHECK(kept.front().which->value == 15s);
    of.limits.back().resets = idle_reset::to_client;
    CHECK(limits_to_mend(of, limit_kind::idle, {}).size() == 2);
}
