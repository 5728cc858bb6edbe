// Rules over several keys of a heartbeat, which a route inherits one by one.
#include "config/loader.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

load_result load(const std::string& yaml) {
    return load_configuration(make_source("test.yaml", yaml));
}

/// `line:column code` of each label, the primary one first; diagnostics separated by `; `.
std::string places(const load_result& loaded) {
    std::string out;
    const auto add = [&](const label& each) {
        const position at = each.where.start();
        out += ' ' + std::to_string(at.line) + ':' + std::to_string(at.column);
    };
    for (const diagnostic& each : loaded.diagnostics) {
        out += (out.empty() ? "" : "; ") + std::string(each.id.row().name);
        add(each.primary);
        for (const label& other : each.others)
            add(other);
    }
    return out;
}

} // namespace

TEST_CASE("a timeout that is not above the interval is an error, a tight one a warning") {
    CHECK(places(load("heartbeat: { interval: 30s, timeout: 30s }")) == "PG130 1:38 1:24");
    CHECK(places(load("heartbeat: { interval: 30s, timeout: 44s999ms }")) == "PG131 1:38 1:24");
    CHECK(places(load("heartbeat: { interval: 30s, timeout: 45s }")) == "");
    CHECK(places(load("heartbeat: { interval: 1m }")) == "PG130 1:24");
    CHECK(places(load("heartbeat: { interval: 40s }")) == "PG131 1:24");
    CHECK(places(load("heartbeat: { timeout: 25s }")) == "PG130 1:23");
}

TEST_CASE("a route inherits each key of the heartbeat that it does not set, wherever both stand") {
    const auto loaded = load("routes:\n"
                             "  - path: /\n"
                             "    upstream: echo\n"
                             "    heartbeat: { interval: 10s, close: { code: 4002 } }\n"
                             "  - path: /b\n"
                             "    upstream: echo\n"
                             "heartbeat:\n"
                             "  timeout: 20s\n"
                             "  interval: 12s\n"
                             "  answer: { a: b }\n"
                             "  close: { reason: gone }\n");
    REQUIRE(places(loaded) == "");
    const heartbeat_settings& own = loaded.values.routes[0].heartbeat;
    CHECK(own.interval == 10s);
    CHECK(own.timeout == 20s);
    CHECK(loaded.values.routes[0].close.timeout == close_payload{4002, "gone"});
    CHECK(own.answer == std::map<std::string, std::string>{{"a", "b"}});
    CHECK(loaded.values.routes[1].heartbeat.interval == 12s);
    CHECK(loaded.values.routes[1].close.timeout == close_payload{4001, "gone"});
}

TEST_CASE("a conflict with an inherited value is blamed on the key that the route sets") {
    const std::string routes = "heartbeat: { timeout: 20s, interval: 10s }\n"
                               "routes:\n"
                               "  - path: /\n"
                               "    upstream: echo\n"
                               "    heartbeat: ";
    CHECK(places(load(routes + "{ interval: 30s }")) == "PG130 5:28 1:23");
    CHECK(places(load(routes + "{ timeout: 5s }")) == "PG130 5:27 1:38");
    CHECK(places(load(routes + "{ timeout: 5s, interval: 5s }")) == "PG130 5:27 5:41");
}

TEST_CASE("a value that could not be read causes no second diagnostic") {
    CHECK(places(load("heartbeat: { interval: 60, timeout: 30s }")) == "PG110 1:24");
    CHECK(places(load("heartbeat: { timeout: 30 }\n"
                      "routes: [ { path: /, upstream: echo, heartbeat: { interval: 60s } } ]")) ==
          "PG110 1:23");
    CHECK(places(load("heartbeat: { interval: 60s, timeout: 30s }\n"
                      "routes: [ { path: /, upstream: echo, heartbeat: { method: text } } ]")) ==
          "PG130 1:38 1:24");
}

TEST_CASE("a text cannot be the client's answer and its question") {
    const std::string answer = "heartbeat: { method: text, answer: { pong: ping } }";
    CHECK(places(load(answer)) == "PG135 1:36 1:22");
    CHECK(places(load("heartbeat: { method: ping, answer: { pong: ping } }")) == "");
    CHECK(places(load("heartbeat: { answer: { pong: ping } }\n"
                      "routes:\n"
                      "  - { path: /, upstream: echo, heartbeat: { method: ping_then_text } }")) ==
          "PG135 3:53 1:22");
}
