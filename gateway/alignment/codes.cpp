#include "alignment/codes.hpp"

#include "alignment/code_examples.hpp"

namespace pulsegate {
namespace {

constexpr std::array rows{
    // PG301 to PG309: limits of proxies against heartbeats.
    code_row{hop_code::idle_cut, "PG301", severity::error, "a proxy cuts healthy quiet connections",
             "The proxy ends a connection on which no byte passed for its idle limit. The gateway\n"
             "sends a ping each `interval`, at most a tenth of a second late, and allows five\n"
             "seconds for the answer; the limit has to be longer than that. Equal values are the\n"
             "worst: ping and cut race, and connections end at random.",
             "proxies:\n  - { name: office proxy, idle: 20s }\n",
             "proxies:\n  - { name: office proxy, idle: 60s }\n",
             "ngx_http_upstream.c, ngx_http_upstream_process_upgraded; mattermost/docs issue 8929"},
    code_row{hop_code::idle_tight, "PG302", severity::warning, "little time under an idle limit",
             "Pings keep the connection alive, but one that comes ten seconds late, after a lost\n"
             "segment or a stall, does not.",
             "heartbeat:\n  timeout: 38s\nproxies:\n  - { name: office proxy, idle: 39s }\n",
             "proxies:\n  - { name: office proxy, idle: 60s }\n",
             "RFC 6298, retransmission timeouts"},
    code_row{
        hop_code::late_eviction, "PG303", severity::warning,
        "a proxy may give a dead client up first",
        "A client that vanished should be evicted by the gateway: with its close code, counted\n"
        "and logged. If the proxy's limit is shorter than `timeout`, the proxy may end the\n"
        "connection first: where it counts only what the client sends, and anywhere once\n"
        "data waits for a client that takes none.",
        "heartbeat:\n  interval: 25s\n  timeout: 75s\nproxies:\n"
        "  - { name: office proxy, idle: 60s }\n",
        "heartbeat:\n  interval: 25s\n  timeout: 50s\nproxies:\n"
        "  - { name: office proxy, idle: 60s }\n",
        "ngx_http_core_module, send_timeout"},
    code_row{hop_code::life_too_short, "PG304", severity::error,
             "a proxy ends every connection within a minute",
             "This limit counts from the beginning of the connection, whatever passes on it. No\n"
             "ping helps, and clients would do little else than connect again.",
             "proxies:\n  - { name: load balancer, lifetime: 30s, idle: none }\n",
             "limits:\n  session_age: 50m\nproxies:\n"
             "  - { name: load balancer, lifetime: 1h, idle: none }\n",
             "Google Cloud, external Application Load Balancer: backend service timeout"},
    code_row{hop_code::life_cut, "PG305", severity::warning, "a proxy ends old connections",
             "At this age the proxy cuts every connection, in the middle of a message or not, and\n"
             "the client is told nothing. With `limits.session_age` the gateway ends sessions\n"
             "before that, between two messages and with a close code that asks to come back;\n"
             "`session_age` and `drain.window` together have to stay below the proxy's limit.",
             "proxies:\n  - { name: load balancer, lifetime: 4h, idle: 5m }\n",
             "limits:\n  session_age: 3h30m\nproxies:\n"
             "  - { name: load balancer, lifetime: 4h, idle: 5m }\n",
             "RFC 6455 section 7.4.1, IANA registry: 1012"},
    code_row{
        hop_code::timeout_narrow, "PG306", severity::warning, "little time to answer a ping",
        "The gap between `interval` and `timeout` is what a client has to answer. Eight seconds\n"
        "cover a lost segment that is sent again, a busy phone, and the change from one radio\n"
        "network to another; less evicts clients that are well.",
        "heartbeat:\n  interval: 15s\n  timeout: 22500ms\n",
        "heartbeat:\n  interval: 15s\n  timeout: 30s\n", "RFC 6298, retransmission timeouts"},
    code_row{
        hop_code::lingering, "PG307", severity::warning, "dead clients are kept for long",
        "A client that vanished counts as connected, holds memory and gets messages until\n"
        "`timeout`. More than two minutes, or more than four intervals, buys nothing: a client\n"
        "that missed so many pings does not come back.",
        "heartbeat:\n  interval: 25s\n  timeout: 10m\n",
        "heartbeat:\n  interval: 25s\n  timeout: 50s\n", "RFC 6455 section 5.5.2"},
    code_row{
        hop_code::script_heartbeat, "PG308", severity::warning,
        "hidden tabs beat slower than the timeout",
        "Browsers run the timers of a tab that is hidden for five minutes once a minute. With\n"
        "`method: text` nothing but scripts shows that a client lives, and clients that send\n"
        "a heartbeat of their own, which `answer` replies to, do so from such a timer: they\n"
        "need 70 seconds. Native pings are answered by the browser itself.",
        "heartbeat:\n  method: text\n  answer: { beat: ok }\n",
        "heartbeat:\n  interval: 35s\n  timeout: 70s\n  method: text\n  answer: { beat: ok }\n",
        "Chrome 88, intensive timer throttling"},
    code_row{hop_code::ping_rate, "PG309", severity::note, "what a short interval costs",
             "A short interval finds dead clients fast, which shared editing may want. Each\n"
             "heartbeat is a packet to a client and one back, for every client: load-test it with\n"
             "as many as you expect.",
             "heartbeat:\n  interval: 10s\n  timeout: 20s\n",
             "heartbeat:\n  interval: 25s\n  timeout: 45s\n", "tests/bench"},

    // PG310 to PG319: what a proxy's own configuration does to the connections that it sends here.
    code_row{hop_code::nginx_http_version, "PG310", severity::error, "HTTP/1.0 towards the gateway",
             "Upgrades exist since HTTP/1.1. Before 1.29.7, Nginx speaks HTTP/1.0 to the servers\n"
             "behind it unless it is told otherwise, and every WebSocket handshake fails.",
             PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_http_version",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_UPGRADE PULSEGATE_ADDRESS),
             PULSEGATE_GOOD},
    code_row{hop_code::nginx_no_upgrade, "PG311", severity::error, "no upgrade headers",
             "`Upgrade` and `Connection` concern one connection only, so a proxy does not forward\n"
             "them of itself. Without them the gateway sees an ordinary request and answers 426.",
             PULSEGATE_YAML, PULSEGATE_YAML,
             "nginx.org/en/docs/http/websocket.html; RFC 9110 section 7.6.1",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_ADDRESS),
             PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_lost_upgrade, "PG312", severity::error, "upgrade headers that are lost",
        "A block inherits the `proxy_set_header` lines of the block around it only if it has\n"
        "none itself. One line for something else is enough to lose `Upgrade` and `Connection`.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_set_header",
        PULSEGATE_EVENTS "http {\n    server {\n" PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE
                         "        location / {\n" PULSEGATE_PASS PULSEGATE_ADDRESS
                         "        }\n    }\n}\n",
        PULSEGATE_GOOD},
    code_row{
        hop_code::reload_cut, "PG313", severity::warning,
        "a reload that cuts all connections together",
        "After a reload, old workers of the proxy go on with their connections for this long\n"
        "and then cut all of them in one moment, without a word. The clients come back in\n"
        "one moment, too. A limit of at least `drain.window` gives the gateway the time to end\n"
        "its sessions one after the other when both are replaced.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_core_module, worker_shutdown_timeout",
        "worker_shutdown_timeout 10s;\n" PULSEGATE_GOOD,
        "worker_shutdown_timeout 5m;\n" PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_capacity, "PG314", severity::warning, "less room in Nginx than here",
        "A WebSocket takes two connections of its Nginx worker, one to the client and one to\n"
        "the gateway, and a descriptor for each. When they are used up, Nginx refuses clients\n"
        "that the gateway would take. Reported where `limits.connections` is written.",
        "limits: { connections: 5000 }\n"
        "proxies:\n  - nginx: { config: nginx.conf, version: 1.22.1 }\n",
        PULSEGATE_YAML, "ngx_core_module, worker_connections", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_client_header, "PG315", severity::warning,
        "a client address that clients choose",
        "The gateway believes what a trusted proxy says of the client's address. A header that\n"
        "the outermost proxy does not set itself reaches the gateway as the client sent it.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_set_header",
        PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE), PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_untrusted, "PG316", severity::warning, "an Nginx that is not trusted",
        "The gateway takes the client's address from `client_ip_header` only if the connection\n"
        "comes from one of `trusted_proxies`. Else every client appears to be the proxy.",
        "trusted_proxies: [10.0.3.0/24]\n" PULSEGATE_YAML,
        "trusted_proxies: [10.0.3.0/24, 127.0.0.0/8]\n" PULSEGATE_YAML,
        "gateway.yaml, the documented default", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        hop_code::proxy_elsewhere, "PG317", severity::error, "a proxy that leads elsewhere",
        "The file describes a proxy that sends nothing to a listener of this gateway. It is\n"
        "the wrong file, or an address in it is, and nothing it says holds for connections\n"
        "that arrive here. A proxy further out, which leads to another proxy, is described by\n"
        "a preset or by figures.",
        "listeners:\n  - address: 127.0.0.1:9000\n" PULSEGATE_YAML,
        "listeners:\n  - address: 127.0.0.1:8081\n" PULSEGATE_YAML,
        "ngx_http_proxy_module, proxy_pass", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_undecided, "PG318", severity::warning,
        "a way that is known only to the proxy",
        "The target of a `proxy_pass` depends on a variable that gets its value when a request\n"
        "arrives, so the file does not say whether it is this gateway.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_pass",
        PULSEGATE_LOCATION("            proxy_pass http://$arg_backend;\n"), PULSEGATE_GOOD},
    code_row{hop_code::proxy_protocol_mismatch, "PG319", severity::error,
             "a proxy and a listener that disagree on the PROXY protocol",
             "A listener with `proxy_protocol: require` refuses a proxy that sends no PROXY\n"
             "header, and one with `off` takes the header for a broken request. Nginx sends it\n"
             "only from `stream`, with `proxy_protocol on;`, HAProxy for a `server` with\n"
             "`send-proxy` or `send-proxy-v2`.",
             PULSEGATE_YAML,
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require "
             "}\n" PULSEGATE_YAML,
             "ngx_stream_proxy_module, proxy_protocol", PULSEGATE_STREAM, PULSEGATE_STREAM},

    // PG320 to PG344: configuration files of proxies, and proxies that nothing is known about.
    code_row{hop_code::nginx_syntax, "PG320", severity::error, "not the syntax of Nginx",
             "Nginx itself would refuse this file: `nginx -t` says so too. What comes after this\n"
             "place was not read.",
             nginx_yaml, nginx_yaml, "ngx_conf_file.c",
             PULSEGATE_PLACE("            proxy_read_timeout 60s\n"),
             PULSEGATE_PLACE("            proxy_read_timeout 60s;\n")},
    code_row{hop_code::nginx_include, "PG321", severity::error, "an include that cannot be read",
             "The file is not there, may not be read, includes itself, or makes the whole too\n"
             "large. What it would have said is unknown.",
             nginx_yaml, nginx_yaml, "ngx_core_module, include",
             PULSEGATE_PLACE("            include missing.conf;\n"), PULSEGATE_PLACE("")},
    code_row{hop_code::nginx_value, "PG322", severity::error, "a value that Nginx refuses",
             "A duration that is none, or a directive that stands twice in its block. `nginx -t`\n"
             "says so too.",
             nginx_yaml, nginx_yaml, "ngx_parse_time.c, ngx_conf_file.c",
             PULSEGATE_PLACE("            proxy_read_timeout 60q;\n"),
             PULSEGATE_PLACE("            proxy_read_timeout 60s;\n")},
    code_row{hop_code::nginx_partial_upgrade, "PG323", severity::warning,
             "a location without WebSockets, beside one with them",
             "This location has some of what WebSockets need, but none passes. Others serve the\n"
             "same route, so this is no reason not to start; what comes here gets 426.",
             PULSEGATE_YAML, PULSEGATE_YAML, "nginx.org/en/docs/http/websocket.html",
             PULSEGATE_EVENTS
             "http {\n    server {\n        proxy_http_version 1.1;\n"
             "        location / {\n" PULSEGATE_PASS PULSEGATE_ADDRESS
             "            proxy_set_header Upgrade $http_upgrade;\n        }\n"
             "        location /ws {\n" PULSEGATE_PASS PULSEGATE_UPGRADE PULSEGATE_ADDRESS
             "        }\n    }\n}\n",
             PULSEGATE_GOOD},
    code_row{hop_code::nginx_unclear_upgrade, "PG324", severity::warning,
             "WebSockets that may not pass",
             "Whether the handshake reaches the gateway whole depends on something that the file\n"
             "does not say: a variable that only a request decides, a version, a file that is not\n"
             "here.",
             PULSEGATE_YAML, PULSEGATE_YAML, "nginx.org/en/docs/http/websocket.html",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_ADDRESS
                                "            proxy_set_header Upgrade $http_upgrade;\n"
                                "            proxy_set_header Connection $arg_connection;\n"),
             PULSEGATE_GOOD},
    code_row{hop_code::nginx_one_client, "PG325", severity::warning,
             "clients that all have one address",
             "Limits for each client, the log and the metrics go by the client's address. Where a\n"
             "proxy does not tell it, all clients share one, and the limits of one.",
             PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_set_header",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE
                                "            proxy_set_header X-Forwarded-For \"\";\n"),
             PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_connection_cap, "PG326", severity::warning, "few connections at a time",
        "`limit_conn` and `max_conns` count a WebSocket for as long as it lives. With a small\n"
        "number, the next client gets 503 or 502 although the gateway has room: a browser\n"
        "with several tabs, or all people behind one address.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_limit_conn_module, limit_conn",
        PULSEGATE_EVENTS
        "http {\n    limit_conn_zone $binary_remote_addr zone=z:1m;\n"
        "    server {\n        location / {\n            limit_conn z 1;\n" PULSEGATE_PASS
            PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE PULSEGATE_ADDRESS "        }\n    }\n}\n",
        PULSEGATE_GOOD},
    code_row{
        hop_code::nginx_unread, "PG327", severity::warning, "a part that was not read",
        "A site's file was named by itself. What it includes is looked for where Nginx looks,\n"
        "beside nginx.conf; it is not there, so what it says is unknown.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_core_module, include",
        "server {\n    location / {\n        include missing.conf;\n" PULSEGATE_PASS
            PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE PULSEGATE_ADDRESS "    }\n}\n",
        PULSEGATE_GOOD},
    code_row{hop_code::haproxy_syntax, "PG330", severity::error, "not the syntax of HAProxy",
             "HAProxy itself would refuse this line: `haproxy -c -f` says so too.", haproxy_yaml,
             haproxy_yaml, "HAProxy configuration manual, section 2",
             PULSEGATE_HAPROXY("    option \"httplog\n"),
             PULSEGATE_HAPROXY("    option httplog\n")},
    code_row{hop_code::haproxy_value, "PG331", severity::error, "a value that HAProxy refuses",
             "A duration that is none, or too long. `haproxy -c -f` says so too.", haproxy_yaml,
             haproxy_yaml, "HAProxy configuration manual, section 2.5",
             PULSEGATE_HAPROXY("    timeout http-request 5q\n"),
             PULSEGATE_HAPROXY("    timeout http-request 5s\n")},
    code_row{
        hop_code::haproxy_remark, "PG332", severity::note, "a line that has no effect, or may have",
        "HAProxy ignores some settings in sections of the wrong kind, and some depend on what is\n"
        "known only when it runs. The report says what was assumed.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, section 4",
        PULSEGATE_HAPROXY("") "frontend other\n    bind :8090\n    timeout server 5s\n"
                              "    default_backend none\nbackend none\n",
        PULSEGATE_HAPROXY("")},
    code_row{
        hop_code::haproxy_client_fin, "PG333", severity::note, "no `timeout client-fin`",
        "A client that vanishes in the middle of closing is kept for as long as a quiet one. With\n"
        "`timeout client-fin` HAProxy lets go of it sooner.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, timeout client-fin",
        "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n"
        "    timeout server 60s\n    timeout tunnel 2m\n    option forwardfor\n"
        "listen app\n    bind :8080\n    server gateway 127.0.0.1:8081\n",
        PULSEGATE_HAPROXY("")},
    code_row{
        hop_code::haproxy_no_upgrade, "PG334", severity::error, "no WebSocket passes this HAProxy",
        "Something in the file keeps handshakes from the gateway: `Upgrade` is taken away, the\n"
        "only server is out of service, a rule ends every request, or HAProxy speaks HTTP/2 to\n"
        "the gateway. Every client fails.",
        haproxy_yaml, haproxy_yaml, "RFC 9110 section 7.8; HAProxy configuration manual",
        PULSEGATE_HAPROXY("") "    http-request del-header Upgrade\n", PULSEGATE_HAPROXY("")},
    code_row{hop_code::haproxy_may_not_upgrade, "PG335", severity::warning,
             "a rule that may keep WebSockets out",
             "The rule would end every handshake, but has a condition that only a request decides.",
             haproxy_yaml, haproxy_yaml, "RFC 9110 section 7.8; HAProxy configuration manual",
             PULSEGATE_HAPROXY("") "    http-request del-header Upgrade if { src 10.0.0.0/8 }\n",
             PULSEGATE_HAPROXY("")},
    code_row{
        hop_code::haproxy_check_fails, "PG336", severity::error, "a health check that fails",
        "With `option httpchk` HAProxy asks a server by HTTP, and takes any answer of 400 or more\n"
        "for a fault. Elsewhere than at `health.path` a listener takes WebSockets only and "
        "answers\n"
        "426, so after a few checks the gateway is taken out of service, and every client gets "
        "503.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, option httpchk",
        PULSEGATE_HAPROXY("    option httpchk GET /health\n    default-server check\n"),
        PULSEGATE_HAPROXY("    option httpchk GET /healthz\n    default-server check\n")},
    code_row{
        hop_code::haproxy_client_address, "PG337", severity::warning,
        "a HAProxy that does not tell who its clients are",
        "HAProxy says nothing of its clients unless it is told to: `option forwardfor` sets\n"
        "X-Forwarded-For, `http-request set-header` any other header, and `send-proxy-v2` tells "
        "it\n"
        "without one. Else all clients appear to be HAProxy, and whoever sends the header himself\n"
        "chooses his address: limits for each client do not hold.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, option forwardfor",
        PULSEGATE_HAPROXY("") "    option forwardfor if-none\n", PULSEGATE_HAPROXY("")},
    code_row{
        hop_code::haproxy_untrusted, "PG338", severity::warning, "a HAProxy that is not trusted",
        "The gateway takes the client's address from `client_ip_header`, or from a PROXY header,\n"
        "only if the connection comes from one of `trusted_proxies`. Else every client appears to\n"
        "be the proxy.",
        "trusted_proxies: [10.0.3.0/24]\nproxies:\n  - haproxy: { config: haproxy.cfg }\n",
        haproxy_yaml, "gateway.yaml, the documented default", PULSEGATE_HAPROXY(""),
        PULSEGATE_HAPROXY("")},
    code_row{hop_code::idle_may_cut, "PG339", severity::warning,
             "a limit that cuts some connections",
             "The limit holds for requests that meet a condition, and the file does not say which\n"
             "those are. Where it holds, it is shorter than the silence between two pings.",
             haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, http-request set-timeout",
             PULSEGATE_HAPROXY("") "    http-request set-timeout tunnel 9s if { src 10.0.0.0/8 }\n",
             PULSEGATE_HAPROXY("")},
    code_row{
        hop_code::proxy_unreadable,
        "PG340",
        severity::error,
        "a proxy's file cannot be read",
        "The configuration that describes a proxy is not there or may not be read, so nothing\n"
        "is known about that proxy. The gateway needs to read it, and nothing else: it may\n"
        "run as a user of its own.",
        nginx_yaml,
        nginx_yaml,
        "gateway.yaml, the documented default",
        {},
        PULSEGATE_PLACE("")},
    code_row{hop_code::hop_unknown, "PG341", severity::warning, "a proxy without a known limit",
             "Its maker does not say when it ends quiet connections, and no measurement is known\n"
             "either. Whether the heartbeats fit cannot be checked.",
             "proxies:\n  - preset: fly\n", "proxies:\n  - preset: fly\n    idle: 60s\n",
             "pulsegate hops"},
    code_row{
        hop_code::proxy_tls_mismatch, "PG342", severity::error,
        "a proxy and a listener of which only one speaks TLS",
        "A listener with `tls` refuses whoever does not begin with TLS, and one without takes\n"
        "it for a broken request. Nginx speaks TLS with `proxy_pass https://`, in `stream`\n"
        "with `proxy_ssl on;`, HAProxy to a `server` with `ssl`.",
        nginx_yaml, nginx_yaml, "ngx_http_proxy_module, proxy_pass",
        PULSEGATE_PLACE_TO("https", ""), PULSEGATE_PLACE("")},
    code_row{
        hop_code::proxy_refused, "PG343", severity::error,
        "a file that the proxy's own program refuses",
        "`check --ask-proxies` had the program that is installed here test the file, as\n"
        "`nginx -t` does. With this file the proxy does not start, or goes on with the old one.",
        nginx_yaml, nginx_yaml, "nginx(8), -t",
        PULSEGATE_PLACE("            no_such_directive on;\n"), PULSEGATE_PLACE("")},
    code_row{hop_code::proxy_not_asked, "PG344", severity::warning,
             "a proxy's program that could not be asked",
             "`check --ask-proxies` found no program for this proxy on this machine, it did not\n"
             "answer, or this user may not read what the file names, such as a key.",
             nginx_yaml, nginx_yaml, "nginx(8), -t",
             PULSEGATE_PLACE("            error_log /no/such/folder/log;\n"), PULSEGATE_PLACE("")},
    code_row{
        hop_code::socket_denied, "PG345", severity::warning,
        "a Unix socket that the proxy may not use",
        "To connect to a Unix socket, a user has to enter its directories and may write to its\n"
        "file: without `mode` that is the gateway's own user alone. The proxy's file says as\n"
        "whom it runs. Clients get 502 from Nginx, 503 from HAProxy.",
        PULSEGATE_SOCKET_YAML("0600"), PULSEGATE_SOCKET_YAML("0666"), "unix(7)",
        "user www-data;\n" PULSEGATE_PLACE_OF("http://unix:/tmp/pulsegate.sock:/", ""),
        "user www-data;\n" PULSEGATE_PLACE_OF("http://unix:/tmp/pulsegate.sock:/", "")},
};

} // namespace

std::span<const code_row> hop_codes() {
    return rows;
}

const code_row& row_of(hop_code id) {
    return id < hop_code::stream_cut ? row_in(rows, id) : row_in(http_codes(), id);
}

} // namespace pulsegate
