#include "support/checked_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

/// `cloudflare to_client 74900, …`, in milliseconds.
std::string margins(const std::string& yaml,
                    const std::vector<std::pair<std::string, std::string>>& files = {}) {
    const auto checked = check_text(yaml, files);
    REQUIRE(checked.aligned.has_value());
    std::string out;
    for (const margin& each : checked.aligned->margins)
        out += (out.empty() ? "" : ", ") + each.hop + ' ' + each.direction + ' ' +
               std::to_string(each.value.count());
    return out;
}

} // namespace

TEST_CASE("a hop that counts both directions has a margin for each") {
    CHECK(margins("proxies: [{ preset: cloudflare }]\n") ==
          "cloudflare to_client 74900, cloudflare to_gateway 69900");
}

TEST_CASE("a hop that counts one direction has a margin for it alone") {
    CHECK(margins("proxies: [{ name: a, idle: 60s, resets: to_client }]\n") == "a to_client 34900");
    CHECK(margins("proxies: [{ name: a, idle: 60s, resets: to_gateway }]\n") ==
          "a to_gateway 29900");
}

TEST_CASE("a hop without an idle limit has no margin") {
    CHECK(margins("proxies: [{ name: a, idle: none }]\n") == "");
    CHECK(margins("") == "");
}

TEST_CASE("the margins stand in the order of the hops") {
    CHECK(margins("proxies:\n"
                  "  - { name: b, idle: 60s, resets: to_client }\n"
                  "  - { name: a, idle: 50s, resets: to_client }\n") ==
          "b to_client 34900, a to_client 24900");
}

TEST_CASE("a margin is negative where healthy connections are cut") {
    CHECK(margins("proxies: [{ name: a, idle: 20s }]\n") ==
          "a to_client -5100, a to_gateway -10100");
}

TEST_CASE("of several routes the slowest heartbeat decides") {
    CHECK(margins("proxies: [{ name: a, idle: 60s, resets: to_client }]\n"
                  "routes:\n"
                  "  - { path: /chat, upstream: echo, heartbeat: { interval: 10s } }\n"
                  "  - { path: /edit, upstream: echo, heartbeat: { interval: 30s } }\n") ==
          "a to_client 29900");
}

TEST_CASE("of several locations the least margin decides, each with the heartbeat of its route") {
    const std::string nginx =
        nginx_with("location /chat { proxy_pass http://127.0.0.1:8081; proxy_read_timeout 30s; }\n"
                   "location /edit { proxy_pass http://127.0.0.1:8081; proxy_read_timeout 50s; }\n"
                   "location /blog { proxy_pass http://127.0.0.1:80; proxy_read_timeout 1s; }\n");
    const std::string yaml = "proxies: [{ nginx: { config: /n.conf, version: 1.22.1 } }]\n"
                             "routes:\n"
                             "  - { path: /chat, upstream: echo, heartbeat: { interval: 10s } }\n"
                             "  - { path: /edit, upstream: echo, heartbeat: { interval: 35s, "
                             "timeout: 70s } }\n";
    // /chat: 30 - 10.1 - 5; /edit: 50 - 35.1 - 5
    CHECK(margins(yaml, {{"/n.conf", nginx}}) == "nginx to_client 14900, nginx to_gateway 9900");
}

TEST_CASE(
    "the margin under a lifetime is that of the oldest session, with drain window and goodbye") {
    CHECK(margins("limits: { session_age: 3h }\n"
                  "drain: { window: 1m }\n"
                  "proxies: [{ preset: azure-front-door, idle: none }]\n") ==
          "azure-front-door life 3536000");
    CHECK(margins("limits: { session_age: 2h }\n"
                  "proxies: [{ name: a, lifetime: 1h }]\n") == "a life -3634000");
}

TEST_CASE("a lifetime has no margin while sessions may grow as old as they like") {
    CHECK(margins("proxies: [{ name: a, lifetime: 1h }]\n") == "");
}
