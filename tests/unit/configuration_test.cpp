// Configurations that are right, and those that hold several mistakes or none at all.
#include "config/address.hpp"
#include "config/loader.hpp"
#include "config/nearest.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

load_result load(const std::string& yaml) {
    return load_configuration(make_source("test.yaml", yaml));
}

} // namespace

TEST_CASE("an empty file is the default configuration") {
    for (const char* yaml : {"", "\n", "# nothing\n", "---\n", "{}\n", "~\n",
                             "\xEF\xBB\xBF# mark\n", "heartbeat:\nlog:\n  # all commented out\n"}) {
        CAPTURE(yaml);
        const load_result loaded = load(yaml);
        CHECK_FALSE(has_errors(loaded.diagnostics));
        CHECK(loaded.values.heartbeat.interval == 25s);
        CHECK(loaded.values.listeners.size() == 1);
        CHECK(loaded.values.routes.size() == 1);
    }
}

TEST_CASE("every key is stored in its place") {
    const load_result loaded =
        load("listeners:\n"
             "  - address: 0.0.0.0:80\n"
             "  - address: \"[2001:DB8:0::1]:0\"\n"
             "  - address: unix:/run/p.sock\n"
             "    proxy_protocol: require\n"
             "admin: { address: \"[::1]:1\" }\n"
             "workers: 3\n"
             "trusted_proxies: [10.0.0.0/24, 192.0.2.1, \"2001:db8::/64\", cloudflare]\n"
             "client_ip_header: CF-Connecting-IP\n"
             "heartbeat:\n"
             "  interval: 1s\n"
             "  timeout: 2s\n"
             "  method: ping_then_text\n"
             "  text: { send: a, expect: b }\n"
             "  answer: { c: d, 'e': \"f\" }\n"
             "  close: { code: 4999, reason: '' }\n"
             "routes:\n"
             "  - { path: /, upstream: echo }\n"
             "  - { path: /a/, upstream: 'ws://[::1]:9/x/' }\n"
             "  - { path: /a/b, upstream: 'ws://app.local', origins: ['HTTPS://A.example:443'] }\n"
             "limits:\n"
             "  { connections: 7, handshake: 8s, message: 9KiB, write_stall: 10s, headers: 11,\n"
             "    connections_per_client: 2, handshake_rate: 3, handshake_rate_per_client: 1,\n"
             "    header_bytes: 4KiB, newcomers: 6, newcomers_per_client: 5 }\n"
             "drain: { window: 0s, close: { code: 3000, reason: r } }\n"
             "log: { format: json, level: debug }\n");
    CAPTURE(render_text(loaded.diagnostics));
    REQUIRE(loaded.diagnostics.empty());
    const configuration& values = loaded.values;
    REQUIRE(values.listeners.size() == 3);
    CHECK(to_string(values.listeners[0].address) == "0.0.0.0:80");
    CHECK(to_string(values.listeners[1].address) == "[2001:db8::1]:0");
    CHECK(to_string(values.listeners[2].address) == "unix:/run/p.sock");
    CHECK(values.admin.address == tcp_address{"::1", 1});
    CHECK(values.workers == 3);
    CHECK(values.trusted_proxies == std::vector<trusted_proxy>{address_block{"10.0.0.0", 24},
                                                               address_block{"192.0.2.1", 32},
                                                               address_block{"2001:db8::", 64},
                                                               address_provider::cloudflare});
    CHECK(values.client_ip_header == "CF-Connecting-IP");
    CHECK(values.heartbeat.interval == 1s);
    CHECK(values.heartbeat.timeout == 2s);
    CHECK(values.heartbeat.method == heartbeat_method::ping_then_text);
    CHECK(values.heartbeat.text_send == "a");
    CHECK(values.heartbeat.text_expect == "b");
    CHECK(values.heartbeat.answer == std::map<std::string, std::string>{{"c", "d"}, {"e", "f"}});
    CHECK(values.close.timeout == close_payload{4999, ""});
    REQUIRE(values.routes.size() == 3);
    CHECK(to_string(values.routes[0].to) == "echo");
    CHECK(values.routes[1].path == "/a");
    CHECK(to_string(values.routes[1].to) == "ws://[::1]:9/x/");
    CHECK(to_string(values.routes[2].to) == "ws://app.local:80");
    CHECK(std::get<websocket_upstream>(values.routes[2].to).path.empty());
    CHECK(values.routes[2].heartbeat.interval == 1s);
    REQUIRE(values.routes[2].origins.size() == 1);
    CHECK(values.routes[2].origins[0].text() == "https://a.example");
    CHECK(values.routes[1].origins.empty());
    CHECK(values.listeners[2].proxy_protocol == proxy_protocol_mode::require);
    CHECK(values.listeners[1].proxy_protocol == proxy_protocol_mode::off);
    CHECK(values.limits.connections == 7);
    CHECK(values.limits.connections_per_client == 2);
    CHECK(values.limits.newcomers == 6);
    CHECK(values.limits.newcomers_per_client == 5);
    CHECK(values.limits.handshake_rate == 3);
    CHECK(values.limits.handshake_rate_per_client == 1);
    CHECK(values.limits.header_bytes == 4096);
    CHECK(values.limits.headers == 11);
    CHECK(values.limits.handshake == 8s);
    CHECK(values.limits.message_bytes == 9 * 1024);
    CHECK(values.limits.write_stall == 10s);
    CHECK(values.drain.window == 0s);
    CHECK(values.close.goodbye == close_payload{3000, "r"});
    CHECK(values.log.format == log::format::json);
    CHECK(values.log.level == log::level::debug);
    CHECK(loaded.origins.at("routes[1].path").value.text() == "/a/");
}

TEST_CASE("values at the bounds are allowed") {
    const std::string reason(123, 'r');
    const std::string text(125, 't');
    const load_result loaded =
        load("workers: 1024\n"
             "trusted_proxies: []\n"
             "listeners: [ { address: 127.0.0.1:0 }, { address: 127.0.0.1:0 },\n"
             "             { address: \"unix:/" +
             std::string(106, 'u') +
             "\" } ]\n"
             "heartbeat: { interval: 100ms, timeout: 24h, close: { code: 4000, reason: " +
             reason +
             " },\n"
             "             text: { send: " +
             text + " }, answer: { " + text + ": " + text +
             " } }\n"
             "limits: { connections: 10000000, handshake: 5m, message: 1TiB, write_stall: 100ms }\n"
             "drain: { window: 1h, close: { code: 1014 } }\n");
    CAPTURE(render_text(loaded.diagnostics));
    CHECK(loaded.diagnostics.empty());

    CHECK(load("drain: { close: { reason: " + reason + "r } }").diagnostics[0].id ==
          code::long_reason);
    CHECK(load("heartbeat: { text: { expect: " + text + "t } }").diagnostics[0].id ==
          code::text_length);
    CHECK(load("listeners: [ { address: \"unix:/" + std::string(107, 'u') + "\" } ]")
              .diagnostics[0]
              .id == code::bad_address);
}

TEST_CASE("all mistakes are found in one run, in the order of the file") {
    const load_result loaded = load("workers: none\n"
                                    "routes:\n"
                                    "  - path: chat\n"
                                    "    upstream: http://x\n"
                                    "    heartbeat: { interval: 10s, tiemout: 1 }\n"
                                    "  - path: /\n"
                                    "limits: { message: 5 }\n"
                                    "heartbeat: { interval: 30s, timeout: 40s }\n"
                                    "workers: 2\n"
                                    "listener: []\n");
    CHECK(render_line(loaded.diagnostics) ==
          "test.yaml:1:10: error[PG112]: `none` is not a number of workers; "
          "write `auto` for one worker on each CPU\n"
          "test.yaml:3:11: error[PG140]: `chat` does not begin with `/`; write `/chat`\n"
          "test.yaml:4:15: error[PG142]: `http://x` is not a WebSocket URL; write `ws://x`\n"
          "test.yaml:5:33: error[PG104]: unknown key `tiemout`; did you mean `timeout`?\n"
          "test.yaml:6:5: error[PG107]: `routes[1].upstream` is missing; add `upstream: echo`\n"
          "test.yaml:7:20: error[PG111]: `5` has no unit of size; "
          "write `5B` for bytes or `5KiB`\n"
          "test.yaml:8:38: warning[PG131]: one late answer is enough to evict a client; "
          "set `timeout: 1m` or `interval: 20s`\n"
          "test.yaml:9:1: error[PG105]: `workers` is set twice; remove one of the two\n"
          "test.yaml:10:1: error[PG104]: unknown key `listener`; did you mean `listeners`?\n");
    CHECK(has_errors(loaded.diagnostics));
    CHECK_FALSE(has_errors(load("heartbeat: { timeout: 26s }").diagnostics));
}

TEST_CASE("an alias shares a value, and its mistake is reported once") {
    const load_result good = load("heartbeat: { close: &bye { code: 4002, reason: bye } }\n"
                                  "drain: { close: *bye }\n");
    CHECK(good.diagnostics.empty());
    CHECK(good.values.close.goodbye == close_payload{4002, "bye"});

    CHECK(render_line(load("limits: { handshake: &t 5, write_stall: *t }").diagnostics) ==
          "test.yaml:1:25: error[PG110]: `5` has no unit of time; "
          "write `5s` for seconds or `5ms` for milliseconds\n");
    CHECK(render_line(load("heartbeat: &h { text: *h }").diagnostics) ==
          "test.yaml:1:17: error[PG104]: unknown key `text`; `text` belongs in `heartbeat`\n");
}

TEST_CASE("the nearest word is suggested only if it is near") {
    const std::array<std::string_view, 3> words{"interval", "timeout", "method"};
    CHECK(nearest("tiemout", words) == "timeout");
    CHECK(nearest("TIMEOUT", words) == "timeout");
    CHECK(nearest("time_out", words) == "timeout");
    CHECK(nearest("intervall", words) == "interval");
    CHECK_FALSE(nearest("period", words));
    CHECK_FALSE(nearest("", words));
    const std::string endless(100, 'a');
    CHECK_FALSE(nearest("aaa", std::array<std::string_view, 1>{endless}));
    CHECK(edit_distance("abcd", "acbd") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}
