// What each mistake in a configuration is reported as: where, with which code, and in which words.
#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pulsegate;

namespace {

std::string where_and_code(const diagnostic& each) {
    const position at = each.primary.where.start();
    return std::to_string(at.line) + ':' + std::to_string(at.column) + ' ' +
           std::string(each.id.row().name);
}

struct mistake {
    std::string yaml;
    std::string found; // `line:column code` of the only diagnostic
    std::string message;
    std::string help; // a part of it
};

void check_all(std::span<const mistake> rows) {
    for (const mistake& row : rows) {
        CAPTURE(row.yaml);
        const auto found = load_configuration(make_source("test.yaml", row.yaml)).diagnostics;
        CAPTURE(render_text(found));
        REQUIRE(found.size() == 1);
        CHECK(where_and_code(found[0]) == row.found);
        CHECK(found[0].message == row.message);
        CHECK(found[0].help.find(row.help) != std::string::npos);
    }
}

} // namespace

TEST_CASE("mistakes in the file itself") {
    const mistake rows[] = {
        {"a: [1, 2\n", "1:4 PG101", "this `[` is never closed", "add a `]`"},
        {"a: {b: 1\n", "1:4 PG101", "this `{` is never closed", "add a `}`"},
        {"log: { level: info,\nlimits: { message: 1MiB }\n", "1:6 PG101",
         "this `{` is never closed", ""},
        {"workers: 1\n---\na: [\n", "3:4 PG101", "this `[` is never closed", ""},
        {"a: \"x\nb: 1\n", "1:4 PG101", "this quote is never closed", ""},
        {"a: 'it''s\n", "1:4 PG101", "this quote is never closed", ""},
        {"a: b: c\n", "1:5 PG101", "a `:` stands where no value can begin", "in quotes"},
        {"log:\n\tlevel: info\n", "2:1 PG101", "a tab indents this line", "spaces only"},
        {"log:\n  level: info\n format: text\n", "3:2 PG101",
         "this line does not fit the indentation of the lines above it", "exactly like"},
        {"workers: 1\n- x\n", "2:1 PG101",
         "this line does not fit the indentation of the lines above it", ""},
        {"log: *x\n", "1:6 PG101", "this alias names an anchor that does not exist", ""},
        {"log: @x\n", "1:6 PG101", "not valid YAML: unknown token", "in quotes"},
        {"log: {level: \"a\x04\"}\n", "1:16 PG102", "the file has a control character", "escape"},
        {"log: {level: \xC3\xA4\xFF}\n", "1:15 PG102", "the file is not UTF-8", "UTF-8"},
        {"[1, 2]\n", "1:1 PG103", "the configuration is a list", "begin with a key"},
        {"hello\n", "1:1 PG103", "the configuration is text", ""},
        {"workers: 1\n---\nworkers: 2\n", "3:1 PG103", "the configuration ends before this line",
         ""},
        {"  workers: 1\n log: {}\n", "2:2 PG103", "the configuration ends before this line",
         "same column"},
    };
    check_all(rows);
}

TEST_CASE("mistakes in keys") {
    const mistake rows[] = {
        {"heartbeat: { tiemout: 45s }\n", "1:14 PG104", "unknown key `tiemout`",
         "did you mean `timeout`?"},
        {"tiemout: 5s\n", "1:1 PG104", "unknown key `tiemout`",
         "did you mean `timeout` in `heartbeat`?"},
        {"Workers: 2\n", "1:1 PG104", "unknown key `Workers`", "did you mean `workers`?"},
        {"interval: 5s\n", "1:1 PG104", "unknown key `interval`",
         "`interval` belongs in `heartbeat`"},
        {"log: { workers: 2 }\n", "1:8 PG104", "unknown key `workers`",
         "`workers` belongs at the top level"},
        {"log: { colour: yes }\n", "1:8 PG104", "unknown key `colour`",
         "the keys here are `format`, `level`"},
        {"admin: { token: secret }\n", "1:10 PG104", "unknown key `token`",
         "did you mean `token_file`?"},
        {"listeners: [ { address: 127.0.0.1:1, tls: { private_key: k } } ]\n", "1:43 PG107",
         "`listeners[0].tls.certificate` is missing", "add `certificate: fullchain.pem`"},
        {"log: { <<: { level: info } }\n", "1:8 PG104", "unknown key `<<`", "alias"},
        {"routes: [ { path: /, upstream: echo, heartbeat: { tiemout: 1s } } ]\n", "1:51 PG104",
         "unknown key `tiemout`", "`timeout`"},
        {"workers: 1\nworkers: 2\n", "2:1 PG105", "`workers` is set twice", "remove one"},
        {"heartbeat: { answer: { a: b, a: c } }\n", "1:30 PG105", "`a` has two answers", ""},
        {"? [a]\n: 1\n", "1:3 PG106", "a key is a list", ""},
        {": 1\n", "1:1 PG106", "a key is nothing", ""},
        {"workers:\n", "1:1 PG106", "`workers` has no value", "the default, `auto`"},
        {"workers: ~\nlog: {}\n", "1:1 PG106", "`workers` has no value", "the default, `auto`"},
        {"workers: [1]\n", "1:10 PG106", "`workers` is a list", ""},
        {"heartbeat: 25s\n", "1:12 PG106", "`heartbeat` is text", "interval: 25s"},
        {"heartbeat:\n  - interval: 25s\n", "1:1 PG106", "`heartbeat` is a list", "without `- `"},
        {"heartbeat: { interval: { s: 25 } }\n", "1:24 PG106", "`heartbeat.interval` is a map", ""},
        {"listeners: 127.0.0.1:80\n", "1:12 PG106", "`listeners` is text",
         "`- address: 127.0.0.1:80`"},
        {"listeners:\n", "1:1 PG106", "`listeners` has no value", "`- `"},
        {"routes: { path: / }\n", "1:9 PG106", "`routes` is a map", "`- `"},
        {"routes: [ / ]\n", "1:11 PG106", "`routes[0]` is text", ""},
        {"trusted_proxies: 10.0.0.0/8\n", "1:18 PG106", "`trusted_proxies` is text",
         "[10.0.0.0/8]"},
        {"trusted_proxies:\n", "1:1 PG106", "`trusted_proxies` has no value", "trust nobody"},
        {"heartbeat: { answer: [ping] }\n", "1:22 PG106", "`heartbeat.answer` is a list", "{ ping"},
        {"heartbeat: { answer: { a: { } } }\n", "1:27 PG106", "`heartbeat.answer` is a map", ""},
        {"routes: [ { upstream: echo } ]\n", "1:11 PG107", "`routes[0].path` is missing",
         "add `path: /`"},
        {"routes: [ { path: / } ]\n", "1:11 PG107", "`routes[0].upstream` is missing",
         "add `upstream: echo`"},
        {"listeners: [ { } ]\n", "1:14 PG107", "`listeners[0].address` is missing",
         "add `address: 127.0.0.1:8081`"},
        {"routes: []\n", "1:9 PG108", "`routes` is empty", "default"},
        {"listeners: [ ]\n", "1:12 PG108", "`listeners` is empty", "default"},
    };
    check_all(rows);
}

TEST_CASE("mistakes in plain values") {
    const mistake rows[] = {
        {"heartbeat: { interval: 25 }\n", "1:24 PG110", "`25` has no unit of time", "`25s`"},
        {"drain: { window: soon }\n", "1:18 PG110", "`soon` is not a duration", "whole numbers"},
        {"limits: { message: 16MB }\n", "1:20 PG111", "`MB` is not a unit of size", "`16MiB`"},
        {"limits: { message: 16777216 }\n", "1:20 PG111", "`16777216` has no unit of size",
         "`16MiB`"},
        {"limits: { connections: 100k }\n", "1:24 PG112", "`100k` is not a whole number", ""},
        {"limits: { connections: -1 }\n", "1:24 PG112", "`-1` is not a whole number", ""},
        {"limits: { connections: 99999999999999999999 }\n", "1:24 PG112",
         "`99999999999999999999` is larger than any number here", ""},
        {"workers: 2.0\n", "1:10 PG112", "`2.0` is not a number of workers", "`auto`"},
        {"workers: 0\n", "1:10 PG113", "`workers` is too small", "`1`"},
        {"workers: 1025\n", "1:10 PG113", "`workers` is too large", "`1024`"},
        {"limits: { connections: 0 }\n", "1:24 PG113", "`limits.connections` is too small", "`1`"},
        {"limits: { connections: 10000001 }\n", "1:24 PG113", "`limits.connections` is too large",
         "`10000000`"},
        {"limits: { handshake: 99ms }\n", "1:22 PG113", "`limits.handshake` is too small",
         "`100ms`"},
        {"limits: { handshake: 5m1s }\n", "1:22 PG113", "`limits.handshake` is too large", "`5m`"},
        {"limits: { message: 0B }\n", "1:20 PG113", "`limits.message` is too small", "`1B`"},
        {"limits: { message: 2TiB }\n", "1:20 PG113", "`limits.message` is too large", "`1TiB`"},
        {"limits: { write_stall: 2h }\n", "1:24 PG113", "`limits.write_stall` is too large",
         "`1h`"},
        {"drain: { window: 61m }\n", "1:18 PG113", "`drain.window` is too large", "`1h`"},
        {"heartbeat: { interval: 99ms }\n", "1:24 PG113", "`heartbeat.interval` is too small",
         "`100ms`"},
        {"heartbeat: { timeout: 25h }\n", "1:23 PG113", "`heartbeat.timeout` is too large",
         "`24h`"},
        {"log: { level: warn }\n", "1:15 PG114", "`log.level` cannot be `warn`",
         "did you mean `warning`?"},
        {"log: { level: eror }\n", "1:15 PG114", "`log.level` cannot be `eror`",
         "did you mean `error`?"},
        {"heartbeat: { method: pong }\n", "1:22 PG114", "`heartbeat.method` cannot be `pong`",
         "did you mean `ping`?"},
        {"heartbeat: { text: { send: '' } }\n", "1:28 PG115", "`heartbeat.text.send` is empty", ""},
        {"heartbeat: { answer: { '': pong } }\n", "1:24 PG115", "`heartbeat.answer` is empty", ""},
    };
    check_all(rows);
}

TEST_CASE("mistakes in addresses") {
    const mistake rows[] = {
        {"listeners: [ { address: localhost:80 } ]\n", "1:25 PG120",
         "`localhost` is a name, not an address", "write `127.0.0.1:80`"},
        {"listeners: [ { address: gateway.example:80 } ]\n", "1:25 PG120",
         "`gateway.example` is not an IP address", "names are not resolved"},
        {"listeners: [ { address: \":80\" } ]\n", "1:25 PG120", "`:80` names no address",
         "`0.0.0.0:80`"},
        {"listeners: [ { address: \"*:80\" } ]\n", "1:25 PG120", "`*:80` names no address",
         "`[::]:80`"},
        {"listeners: [ { address: 8081 } ]\n", "1:25 PG120",
         "`8081` is not an address to listen on", "127.0.0.1:8081"},
        {"listeners: [ { address: 127.0.0.1 } ]\n", "1:25 PG120", "`127.0.0.1` has no port",
         "write `127.0.0.1:8081`"},
        {"listeners: [ { address: \"::1\" } ]\n", "1:25 PG120", "`::1` has no port",
         "write `[::1]:8081`"},
        {"listeners: [ { address: \"::1:80\" } ]\n", "1:25 PG120",
         "`::1:80` has an IPv6 address without brackets", "write `[::1]:80`"},
        {"listeners: [ { address: \"[127.0.0.1]:80\" } ]\n", "1:25 PG120",
         "`127.0.0.1` is not an IP address", ""},
        {"listeners: [ { address: 127.0.0.1:65536 } ]\n", "1:25 PG120", "`65536` is not a port",
         "0 to 65535"},
        {"listeners: [ { address: 127.0.0.1:http } ]\n", "1:25 PG120", "`http` is not a port", ""},
        {"listeners: [ { address: 256.0.0.1:80 } ]\n", "1:25 PG120",
         "`256.0.0.1` is not an IP address", ""},
        {"listeners: [ { address: unix:run/x } ]\n", "1:25 PG120",
         "`unix:run/x` is not the absolute path of a socket", "unix:/run"},
        {"listeners: [ { address: 127.0.0.1:80 }, { address: 127.0.0.1:80 } ]\n", "1:52 PG121",
         "`127.0.0.1:80` is used twice", "its own address"},
        {"listeners: [ { address: \"[0:0::1]:80\" }, { address: \"[::1]:80\" } ]\n", "1:53 PG121",
         "`[::1]:80` is used twice", ""},
        {"listeners: [ { address: unix:/x }, { address: unix:/x } ]\n", "1:47 PG121",
         "`unix:/x` is used twice", ""},
        {"listeners: [ { address: 127.0.0.1:9464 } ]\n", "1:25 PG121",
         "`127.0.0.1:9464` is used twice", ""},
        {"admin: { address: 0.0.0.0:9464 }\n", "1:19 PG122",
         "the admin listener would be open to everybody", "`127.0.0.1:9464`"},
        {"admin: { address: \"[::2]:1\" }\n", "1:19 PG122",
         "the admin listener would be open to everybody", "`127.0.0.1:1`"},
        {"admin: { address: unix:/run/x }\n", "1:19 PG120", "the admin listener is TCP only", ""},
        {"trusted_proxies: [nginx]\n", "1:19 PG123", "`nginx` is not a block of addresses", "10.0"},
        {"trusted_proxies: [cloudfare]\n", "1:19 PG123", "`cloudfare` is not a block of addresses",
         "did you mean `cloudflare`?"},
        {"trusted_proxies: [10.0.0.0/33]\n", "1:19 PG123", "`33` is not the length of a prefix",
         "0 to 32"},
        {"trusted_proxies: [\"::/129\"]\n", "1:19 PG123", "`129` is not the length of a prefix",
         "0 to 128"},
        {"trusted_proxies: [10.0.0.0/]\n", "1:19 PG123", "`` is not the length of a prefix", ""},
        {"trusted_proxies: [10.1.2.3/8]\n", "1:19 PG124",
         "`10.1.2.3/8` is not the beginning of a block",
         "write `10.0.0.0/8` for the whole block or `10.1.2.3/32`"},
        {"trusted_proxies: [\"2001:db8::1/32\"]\n", "1:19 PG124",
         "`2001:db8::1/32` is not the beginning of a block", "`2001:db8::/32`"},
        {"client_ip_header: \"X-Real-IP:\"\n", "1:19 PG125",
         "`X-Real-IP:` is not the name of a header", "without a colon"},
        {"client_ip_header: ''\n", "1:19 PG125", "`` is not the name of a header", ""},
        {"{ trusted_proxies: [], listeners: [ { address: 127.0.0.1:1, proxy_protocol: accept } ] "
         "}\n",
         "1:77 PG126", "nobody may send PROXY headers to this listener", "`off`"},
        {"listeners: [ { address: 127.0.0.1:1, proxy_protocol: on } ]\n", "1:54 PG114",
         "`listeners[0].proxy_protocol` cannot be `on`", ""},
    };
    check_all(rows);
}

TEST_CASE("mistakes in close codes and routes") {
    const mistake rows[] = {
        {"heartbeat: { close: { code: 1005 } }\n", "1:29 PG132",
         "1005 cannot stand in a Close frame", "4000 to 4999"},
        {"drain: { close: { code: 70537 } }\n", "1:25 PG132", // 65536 + 5001
         "70537 cannot stand in a Close frame", "4000 to 4999"},
        {"drain: { close: { code: 69537 } }\n", "1:25 PG132", // 65536 + 4001
         "69537 cannot stand in a Close frame", ""},
        {"heartbeat: { close: { code: timeout } }\n", "1:29 PG112",
         "`timeout` is not a whole number", ""},
        {"heartbeat: { close: { code: 1011 } }\n", "1:29 PG134",
         "evicted clients would be told of an error in the application", "4001"},
        {"routes: [ { path: chat, upstream: echo } ]\n", "1:19 PG140",
         "`chat` does not begin with `/`", "write `/chat`"},
        {"routes: [ { path: \"/a?b=c\", upstream: echo } ]\n", "1:19 PG140",
         "the path of a route has no query and no fragment", "write `/a`"},
        {"routes: [ { path: /a//b, upstream: echo } ]\n", "1:19 PG140",
         "`/a//b` has a segment that is empty, `.` or `..`", ""},
        {"routes: [ { path: /a/.., upstream: echo } ]\n", "1:19 PG140",
         "`/a/..` has a segment that is empty, `.` or `..`", ""},
        {"routes: [ { path: \"/a b\", upstream: echo } ]\n", "1:19 PG140",
         "`/a b` has a character that no request path may hold", "%20"},
        {"routes: [ { path: /\xC3\xA4, upstream: echo } ]\n", "1:19 PG140",
         "`/\xC3\xA4` has a character that no request path may hold", ""},
        {"routes: [ { path: /a, upstream: echo }, { path: /a/, upstream: echo } ]\n", "1:49 PG141",
         "two routes have the path `/a`", "change its path"},
        {"routes: [ { path: /, upstream: \"https://app:443/x\" } ]\n", "1:32 PG142",
         "`https://app:443/x` is not a WebSocket URL", "write `wss://app:443/x`"},
        {"routes: [ { path: /, upstream: \"wss://app?x\" } ]\n", "1:32 PG142",
         "an upstream has no query and no fragment", "write `wss://app`"},
        {"routes: [ { path: /, upstream: \"http://app\" } ]\n", "1:32 PG142",
         "`http://app` is not a WebSocket URL", "write `ws://app`"},
        {"routes: [ { path: /, upstream: localhost:8000 } ]\n", "1:32 PG142",
         "`localhost:8000` has no scheme", "write `ws://localhost:8000`"},
        {"routes: [ { path: /, upstream: Echo } ]\n", "1:32 PG142", "`Echo` is not an upstream",
         "write `echo`"},
        {"routes: [ { path: /, upstream: \"ws://\" } ]\n", "1:32 PG142",
         "`` is neither a host name nor an IP address", ""},
        {"routes: [ { path: /, upstream: \"ws://a:0/\" } ]\n", "1:32 PG142", "`:0` is not a port",
         "1 to 65535"},
        {"routes: [ { path: /, upstream: \"ws://a:b@c/\" } ]\n", "1:32 PG142",
         "an upstream has no user name and no password", "`@`"},
        {"routes: [ { path: /, upstream: \"ws://a/b?c\" } ]\n", "1:32 PG142",
         "an upstream has no query and no fragment", "write `ws://a/b`"},
        {"routes: [ { path: /, upstream: \"ws://::1:80\" } ]\n", "1:32 PG142",
         "`::1:80` has an IPv6 address without brackets", "[::1]"},
        {"routes: [ { path: /, upstream: \"ws://[::1:80\" } ]\n", "1:32 PG142",
         "`[::1:80` is neither a host name nor an IP address", ""},
        {"routes: [ { path: /, upstream: \"ws://127.0.0.256\" } ]\n", "1:32 PG142",
         "`127.0.0.256` is neither a host name nor an IP address", ""},
        {"routes: [ { path: /, upstream: \"ws://a b\" } ]\n", "1:32 PG142",
         "`ws://a b` has a character that no URL may hold", "%20"},
    };
    check_all(rows);
}

TEST_CASE("mistakes in origins and in limits of one client") {
    const auto with_origin = [](const std::string& text) {
        return "routes: [ { path: /, upstream: echo, origins: [" + text + "] } ]\n";
    };
    const mistake rows[] = {
        {with_origin("app.example.com"), "1:48 PG143", "`app.example.com` has no scheme",
         "write `https://app.example.com`"},
        {with_origin("\"https://app.example.com/chat\""), "1:48 PG143",
         "an origin has no path: browsers send scheme, host and port only",
         "write `https://app.example.com`"},
        {with_origin("\"wss://a.example/x\""), "1:48 PG143",
         "a page's origin begins with `http://` or `https://`, not with `wss://`",
         "write `https://a.example`"},
        {with_origin("\"ws://a.example\""), "1:48 PG143",
         "a page's origin begins with `http://` or `https://`, not with `ws://`",
         "write `http://a.example`"},
        {with_origin("\"*://app.example.com\""), "1:48 PG143",
         "`*://app.example.com` has no scheme", "write `https://app.example.com`"},
        {with_origin("\"*\""), "1:48 PG143", "`*` would allow every page", "`origins: []`"},
        {with_origin("\"https://a*.example\""), "1:48 PG143",
         "`https://a*.example` has a `*` that is not the whole first label",
         "`https://*.example.com`"},
        {with_origin("\"https://b\xC3\xBC.example\""), "1:48 PG143",
         "`https://b\xC3\xBC.example` has no host name that a browser would send", "`xn--`"},
        // Without its last port it would be another rule, which has a port again.
        {with_origin("http://a.example:80:80"), "1:48 PG143",
         "`http://a.example:80:80` has no host name that a browser would send", "`xn--`"},
        {with_origin("http://:80"), "1:48 PG143",
         "`http://:80` has no host name that a browser would send", "`xn--`"},
        {with_origin("~"), "1:38 PG143", "an origin has no value", "`\"null\"` with quotes"},
        {"routes: [ { path: /, upstream: echo, origins: \"https://a.example\" } ]\n", "1:47 PG106",
         "`routes[0].origins` is text", "list"},
        {"limits: { connections_per_client: 100001 }\n", "1:35 PG170",
         "no client can reach `limits.connections_per_client`", "`0`"},
        {"limits: { handshake_rate: 5, handshake_rate_per_client: 6 }\n", "1:57 PG170",
         "no client can reach `limits.handshake_rate_per_client`", ""},
        {"limits: { header_bytes: 100B }\n", "1:25 PG113", "`limits.header_bytes` is too small",
         "`1KiB`"},
        {"limits: { header_bytes: 1MiB }\n", "1:25 PG113", "`limits.header_bytes` is too large",
         "`60KiB`"},
        {"limits: { headers: 5 }\n", "1:20 PG113", "`limits.headers` is too small", "`10`"},
    };
    check_all(rows);
}

TEST_CASE("the common heartbeat holds for the default route as well") {
    const auto loaded =
        load_configuration(make_source("test.yaml", "heartbeat: { interval: 1s, timeout: 3s }"));
    REQUIRE(loaded.diagnostics.empty());
    REQUIRE(loaded.values.routes.size() == 1);
    CHECK(loaded.values.routes[0].heartbeat.interval == milliseconds(1'000));
    CHECK(loaded.values.routes[0].heartbeat.timeout == milliseconds(3'000));
}

TEST_CASE("what people write instead is answered with the text to paste") {
    const mistake rows[] = {
        {"heartbeat: { interval: 40 seconds }\n", "1:24 PG110", "`40 seconds` is not a duration",
         "write `40s`"},
        {"heartbeat: { timeout: 1d }\n", "1:23 PG110", "`1d` is not a duration", "write `24h`"},
        {"heartbeat: { interval: 2.5s }\n", "1:24 PG110", "`2.5s` is not a duration",
         "write `2s500ms`"},
        {"heartbeat: { interval: 1 min 30 sec }\n", "1:24 PG110",
         "`1 min 30 sec` is not a duration", "write `1m30s`"},
        {"limits: { message: 16 MiB }\n", "1:20 PG111", "`16 MiB` is not a size", "write `16MiB`"},
        {"limits: { connections: 100k }\n", "1:24 PG112", "`100k` is not a whole number",
         "write `100000`"},
        {"limits: { connections: 100_000 }\n", "1:24 PG112", "`100_000` is not a whole number",
         "write `100000`"},
        {"proxies:\n  - nginx: /etc/nginx/nginx.conf\n", "2:12 PG106", "`proxies[0].nginx` is text",
         "write `nginx: { config: /etc/nginx/nginx.conf }`"},
        {"heartbeat: 25s\n", "1:12 PG106", "`heartbeat` is text",
         "write `heartbeat: { interval: 25s }`"},
        {"log: debug\n", "1:6 PG106", "`log` is text", "write `log: { level: debug }`"},
        {"proxies: [cloudflare]\n", "1:11 PG106", "`proxies[0]` is text",
         "write `- preset: cloudflare`"},
        {"listeners: 127.0.0.1:8081\n", "1:12 PG106", "`listeners` is text",
         "`- address: 127.0.0.1:8081`"},
        {"listeners:\n  - address: 127.0.0.1:${PORT}\n", "2:14 PG120", "`${PORT}` is not a port",
         "envsubst"},
        {"workers: $WORKERS\n", "1:10 PG112", "`$WORKERS` is not a number of workers", "envsubst"},
        {"trusted_proxies: 10.0.3.0/24\n", "1:18 PG106", "`trusted_proxies` is text",
         "`[10.0.3.0/24]`"},
        {"routes:\n  - path: [/a, /b]\n    upstream: echo\n", "2:11 PG106",
         "`routes[0].path` is a list",
         "write `path: /a`, and another entry of `routes` for each of the others"},
        {"listeners:\n  - address: 127.0.0.1:8081\n    proxy_protocol: true\n", "3:21 PG114",
         "`listeners[0].proxy_protocol` cannot be `true`", "did you mean `accept`?"},
        {"routes:\n  - path: /\n    upsteam: ws://127.0.0.1:8000\n", "3:5 PG104",
         "unknown key `upsteam`", "did you mean `upstream`?"},
        {"routes:\n  - path: /\n    upstream: unix:/run/app.sock\n", "3:15 PG142",
         "applications on Unix sockets are not supported yet", "ws://127.0.0.1:8000"},
        {"routes:\n  - path: /\n    upstream: ws+unix:///run/app.sock\n", "3:15 PG142",
         "applications on Unix sockets are not supported yet", ""},
        {"routes:\n  - path: /ws/{room}\n    upstream: echo\n", "2:11 PG140",
         "`/ws/{room}` has a pattern in it, and would fit no request", "write `/ws`"},
        {"routes:\n  - path: /ws/*\n    upstream: echo\n", "2:11 PG144",
         "`/ws/*` looks like a pattern, of which there are none here", "write `/ws`"},
        {"routes:\n  - path: ^/ws/.*\n    upstream: echo\n", "2:11 PG140",
         "`^/ws/.*` does not begin with `/`", "write `/ws`"},
    };
    check_all(rows);
}
