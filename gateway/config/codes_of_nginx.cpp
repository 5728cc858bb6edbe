// PG310 to PG319: what a proxy's own configuration does to the connections that it sends here.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

#define PULSEGATE_YAML                                                                             \
    "limits: { connections: 500 }\n"                                                               \
    "proxies:\n"                                                                                   \
    "  - nginx: { config: nginx.conf, version: 1.22.1 }\n"
#define PULSEGATE_EVENTS "worker_processes 1;\nevents { worker_connections 1024; }\n"
#define PULSEGATE_ADDRESS                                                                          \
    "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
#define PULSEGATE_UPGRADE                                                                          \
    "            proxy_set_header Upgrade $http_upgrade;\n"                                        \
    "            proxy_set_header Connection \"upgrade\";\n"
#define PULSEGATE_PASS "            proxy_pass http://127.0.0.1:8081;\n"
#define PULSEGATE_VERSION_1_1 "            proxy_http_version 1.1;\n"
#define PULSEGATE_LOCATION(lines)                                                                  \
    PULSEGATE_EVENTS "http {\n    server {\n        location / {\n" lines "        }\n    }\n}\n"
#define PULSEGATE_STREAM                                                                           \
    PULSEGATE_EVENTS "stream {\n    server {\n        listen 443;\n"                               \
                     "        proxy_pass 127.0.0.1:8081;\n        proxy_protocol on;\n    }\n}\n"
#define PULSEGATE_GOOD                                                                             \
    PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE PULSEGATE_ADDRESS)

constexpr std::array rows{
    code_row{code::nginx_http_version, "PG310", severity::error, "HTTP/1.0 towards the gateway",
             "Upgrades exist since HTTP/1.1. Before 1.29.7, Nginx speaks HTTP/1.0 to the servers\n"
             "behind it unless it is told otherwise, and every WebSocket handshake fails.",
             PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_http_version",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_UPGRADE PULSEGATE_ADDRESS),
             PULSEGATE_GOOD},
    code_row{code::nginx_no_upgrade, "PG311", severity::error, "no upgrade headers",
             "`Upgrade` and `Connection` concern one connection only, so a proxy does not forward\n"
             "them of itself. Without them the gateway sees an ordinary request and answers 426.",
             PULSEGATE_YAML, PULSEGATE_YAML,
             "nginx.org/en/docs/http/websocket.html; RFC 9110 section 7.6.1",
             PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_ADDRESS),
             PULSEGATE_GOOD},
    code_row{
        code::nginx_lost_upgrade, "PG312", severity::error, "upgrade headers that are lost",
        "A block inherits the `proxy_set_header` lines of the block around it only if it has\n"
        "none itself. One line for something else is enough to lose `Upgrade` and `Connection`.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_set_header",
        PULSEGATE_EVENTS "http {\n    server {\n" PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE
                         "        location / {\n" PULSEGATE_PASS PULSEGATE_ADDRESS
                         "        }\n    }\n}\n",
        PULSEGATE_GOOD},
    code_row{
        code::reload_cut, "PG313", severity::warning, "a reload that cuts all connections together",
        "After a reload, old workers of the proxy go on with their connections for this long\n"
        "and then cut all of them in one moment, without a word. The clients come back in\n"
        "one moment, too. A limit of at least `drain.window` gives the gateway the time to end\n"
        "its sessions one after the other when both are replaced.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_core_module, worker_shutdown_timeout",
        "worker_shutdown_timeout 10s;\n" PULSEGATE_GOOD,
        "worker_shutdown_timeout 5m;\n" PULSEGATE_GOOD},
    code_row{
        code::nginx_capacity, "PG314", severity::warning, "less room in Nginx than here",
        "A WebSocket takes two connections of its Nginx worker, one to the client and one to\n"
        "the gateway, and a descriptor for each. When they are used up, Nginx refuses clients\n"
        "that the gateway would take.",
        "proxies:\n  - nginx: { config: nginx.conf, version: 1.22.1 }\n", PULSEGATE_YAML,
        "ngx_core_module, worker_connections", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        code::nginx_client_header, "PG315", severity::warning,
        "a client address that clients choose",
        "The gateway believes what a trusted proxy says of the client's address. A header that\n"
        "the outermost proxy does not set itself reaches the gateway as the client sent it.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_set_header",
        PULSEGATE_LOCATION(PULSEGATE_PASS PULSEGATE_VERSION_1_1 PULSEGATE_UPGRADE), PULSEGATE_GOOD},
    code_row{
        code::nginx_untrusted, "PG316", severity::warning, "an Nginx that is not trusted",
        "The gateway takes the client's address from `client_ip_header` only if the connection\n"
        "comes from one of `trusted_proxies`. Else every client appears to be the proxy.",
        "trusted_proxies: [10.0.0.0/8]\n" PULSEGATE_YAML,
        "trusted_proxies: [10.0.0.0/8, 127.0.0.0/8]\n" PULSEGATE_YAML,
        "gateway.yaml, the documented default", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        code::proxy_elsewhere, "PG317", severity::error, "a proxy that leads elsewhere",
        "The file describes a proxy that sends nothing to a listener of this gateway. It is\n"
        "the wrong file, or an address in it is, and nothing it says holds for connections\n"
        "that arrive here. A proxy further out, which leads to another proxy, is described by\n"
        "a preset or by figures.",
        "listeners:\n  - address: 127.0.0.1:9000\n" PULSEGATE_YAML,
        "listeners:\n  - address: 127.0.0.1:8081\n" PULSEGATE_YAML,
        "ngx_http_proxy_module, proxy_pass", PULSEGATE_GOOD, PULSEGATE_GOOD},
    code_row{
        code::nginx_undecided, "PG318", severity::warning, "a way that is known only to Nginx",
        "The target of a `proxy_pass` depends on a variable that gets its value when a request\n"
        "arrives, so the file does not say whether it is this gateway.",
        PULSEGATE_YAML, PULSEGATE_YAML, "ngx_http_proxy_module, proxy_pass",
        PULSEGATE_LOCATION("            proxy_pass http://$arg_backend;\n"), PULSEGATE_GOOD},
    code_row{code::proxy_protocol_mismatch, "PG319", severity::error,
             "a proxy and a listener that disagree on the PROXY protocol",
             "A listener with `proxy_protocol: require` refuses a proxy that sends no PROXY\n"
             "header, and one with `off` takes the header for a broken request. Nginx sends it\n"
             "only from `stream`, with `proxy_protocol on;`, HAProxy for a `server` with\n"
             "`send-proxy` or `send-proxy-v2`.",
             PULSEGATE_YAML,
             "listeners:\n  - { address: 127.0.0.1:8081, proxy_protocol: require "
             "}\n" PULSEGATE_YAML,
             "ngx_stream_proxy_module, proxy_protocol", PULSEGATE_STREAM, PULSEGATE_STREAM},
};

#undef PULSEGATE_STREAM
#undef PULSEGATE_GOOD
#undef PULSEGATE_LOCATION
#undef PULSEGATE_VERSION_1_1
#undef PULSEGATE_PASS
#undef PULSEGATE_UPGRADE
#undef PULSEGATE_ADDRESS
#undef PULSEGATE_EVENTS
#undef PULSEGATE_YAML

} // namespace

std::span<const code_row> nginx_codes() {
    return rows;
}

} // namespace pulsegate
