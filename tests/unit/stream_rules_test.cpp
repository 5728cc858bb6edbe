// What `check` says of event streams and plain HTTP, beside the cases in tests/cases.
#include "alignment/codes.hpp"
#include "support/checked_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

const std::string passing = "routes:\n  - { path: /, upstream: \"ws://127.0.0.1:8000\" }\n";

/// `PG301 help`, a line for each finding.
std::string findings_of(const std::string& yaml,
                        const std::vector<std::pair<std::string, std::string>>& files = {}) {
    std::string out;
    for (const diagnostic& each : check_text(yaml, files).diagnostics)
        out += std::string(each.id.row().name) + ' ' + each.help + '\n';
    return out;
}

} // namespace

TEST_CASE("a directive that cuts WebSockets and streams is told of once") {
    CHECK(findings_of("proxies: [{ nginx: { config: /n.conf, version: 1.22.1 } }]\n" + passing,
                      {{"/n.conf", nginx_with("location / { proxy_pass http://127.0.0.1:8081;\n"
                                              "proxy_read_timeout 20s; }")}}) ==
          "PG301 set `proxy_read_timeout 60s;` here, or `heartbeat.interval: 4s` and "
          "`heartbeat.timeout: 12s`\n");
    CHECK(findings_of("proxies: [{ preset: gcp-classic-alb, keep_alive: none }]\n" + passing) ==
          "PG304 set `timeoutSec: 3600` in gcp-classic-alb, and add `lifetime: 1h` here\n");
}

TEST_CASE(
    "where a tunnel's limit would mend WebSockets alone, the cure of streams stands beside it") {
    CHECK(findings_of("proxies: [{ haproxy: { config: /h.cfg } }]\n" + passing,
                      {{"/h.cfg", "defaults\n mode http\n option forwardfor\n timeout client 60s\n"
                                  " timeout client-fin 9s\n timeout server 20s\n"
                                  "listen a\n bind :80\n server gateway 127.0.0.1:8081\n"}}) ==
          "PG301 add `timeout tunnel 60s` to `listen a`, or `heartbeat.interval: 4s` and "
          "`heartbeat.timeout: 12s`\nand for event streams, set `timeout server 45s`\n");
}

TEST_CASE(
    "the help of a preset's limit of plain HTTP names the option, and the key that learns it") {
    CHECK(findings_of("proxies: [{ preset: aws-cloudfront }]\n" + passing) ==
          "PG346 set `OriginReadTimeout: 60` in aws-cloudfront, and add `silence: 1m` here, or "
          "`heartbeat.interval: 14s` and `heartbeat.timeout: 28s`\n");
    CHECK(findings_of("proxies: [{ preset: caddy }]\nheartbeat: { interval: 25s }\n" + passing) ==
          "PG313 set `stream_close_delay 30s` in caddy\n"
          "PG351 set `http.client_idle: 3m`, or set `keepalive 60s` in caddy, and add "
          "`keep_alive: 1m` here\n");
}

TEST_CASE("what is said of event streams stops no gateway") {
    for (const hop_code id :
         {hop_code::stream_cut, hop_code::answer_total, hop_code::stream_unasked,
          hop_code::stream_buffered, hop_code::stream_may_buffer, hop_code::keep_alive_order,
          hop_code::first_byte, hop_code::app_keep_alive})
        CHECK(row_of(id).level != severity::error);
}

TEST_CASE("plain HTTP that is refused, or has no application, has no findings") {
    const std::string proxies = "http: { client_idle: 1s, app_idle: 1m, answer: 1h }\n"
                                "proxies: [{ name: edge, idle: 5m, silence: 1s, total: 2m, "
                                "keep_alive: 1h }]\n";
    CHECK(findings_of(proxies + "routes: [{ path: /, upstream: echo }]\n") == "");
    CHECK(findings_of(proxies + "routes: [{ path: /, upstream: \"ws://127.0.0.1:8000\", "
                                "http: refuse }]\n") == "");
    CHECK(findings_of(proxies + passing).find("PG346") != std::string::npos);
}
