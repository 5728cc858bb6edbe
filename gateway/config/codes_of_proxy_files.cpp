// PG320 to PG342: configuration files of proxies, and proxies that nothing is known about.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view nginx_yaml = "limits: { connections: 500 }\n"
                                        "proxies:\n"
                                        "  - nginx: { config: nginx.conf, version: 1.30.0 }\n";
constexpr std::string_view haproxy_yaml = "proxies:\n  - haproxy: { config: haproxy.cfg }\n";

#define PULSEGATE_LOCATION(lines) PULSEGATE_LOCATION_TO("http", lines)
#define PULSEGATE_LOCATION_TO(scheme, lines)                                                       \
    "events { worker_connections 1024; }\nhttp {\n    server {\n        location / {\n" lines      \
    "            proxy_pass " scheme "://127.0.0.1:8081;\n"                                        \
    "            proxy_set_header Upgrade $http_upgrade;\n"                                        \
    "            proxy_set_header Connection \"upgrade\";\n"                                       \
    "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"                   \
    "        }\n    }\n}\n"
#define PULSEGATE_HAPROXY(lines)                                                                   \
    "defaults\n    mode http\n" lines                                                              \
    "    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n"                     \
    "    timeout tunnel 2m\n    timeout client-fin 30s\n"                                          \
    "listen app\n    bind :8080\n    server gateway 127.0.0.1:8081\n"

constexpr std::array rows{
    code_row{code::nginx_syntax, "PG320", severity::error, "not the syntax of Nginx",
             "Nginx itself would refuse this file: `nginx -t` says so too. What comes after this\n"
             "place was not read.",
             nginx_yaml, nginx_yaml, "ngx_conf_file.c",
             PULSEGATE_LOCATION("            proxy_read_timeout 60s\n"),
             PULSEGATE_LOCATION("            proxy_read_timeout 60s;\n")},
    code_row{code::nginx_include, "PG321", severity::error, "an include that cannot be read",
             "The file is not there, may not be read, includes itself, or makes the whole too\n"
             "large. What it would have said is unknown.",
             nginx_yaml, nginx_yaml, "ngx_core_module, include",
             PULSEGATE_LOCATION("            include missing.conf;\n"), PULSEGATE_LOCATION("")},
    code_row{code::nginx_value, "PG322", severity::error, "a value that Nginx refuses",
             "A duration that is none, or a directive that stands twice in its block. `nginx -t`\n"
             "says so too.",
             nginx_yaml, nginx_yaml, "ngx_parse_time.c, ngx_conf_file.c",
             PULSEGATE_LOCATION("            proxy_read_timeout 60q;\n"),
             PULSEGATE_LOCATION("            proxy_read_timeout 60s;\n")},
    code_row{code::haproxy_syntax, "PG330", severity::error, "not the syntax of HAProxy",
             "HAProxy itself would refuse this line: `haproxy -c -f` says so too.", haproxy_yaml,
             haproxy_yaml, "HAProxy configuration manual, section 2",
             PULSEGATE_HAPROXY("    option \"httplog\n"),
             PULSEGATE_HAPROXY("    option httplog\n")},
    code_row{code::haproxy_value, "PG331", severity::error, "a value that HAProxy refuses",
             "A duration that is none, or too long. `haproxy -c -f` says so too.", haproxy_yaml,
             haproxy_yaml, "HAProxy configuration manual, section 2.5",
             PULSEGATE_HAPROXY("    timeout http-request 5q\n"),
             PULSEGATE_HAPROXY("    timeout http-request 5s\n")},
    code_row{
        code::haproxy_remark, "PG332", severity::note, "a line that has no effect, or may have",
        "HAProxy ignores some settings in sections of the wrong kind, and some depend on what is\n"
        "known only when it runs. The report says what was assumed.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, section 4",
        PULSEGATE_HAPROXY("") "frontend other\n    bind :8090\n    timeout server 5s\n"
                              "    default_backend none\nbackend none\n",
        PULSEGATE_HAPROXY("")},
    code_row{
        code::haproxy_client_fin, "PG333", severity::note, "no `timeout client-fin`",
        "A client that vanishes in the middle of closing is kept for as long as a quiet one. With\n"
        "`timeout client-fin` HAProxy lets go of it sooner.",
        haproxy_yaml, haproxy_yaml, "HAProxy configuration manual, timeout client-fin",
        "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n"
        "    timeout server 60s\n    timeout tunnel 2m\n"
        "listen app\n    bind :8080\n    server gateway 127.0.0.1:8081\n",
        PULSEGATE_HAPROXY("")},
    code_row{
        code::proxy_unreadable,
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
        PULSEGATE_LOCATION("")},
    code_row{code::hop_unknown, "PG341", severity::warning, "a proxy without a known limit",
             "Its maker does not say when it ends quiet connections, and no measurement is known\n"
             "either. Whether the heartbeats fit cannot be checked.",
             "proxies:\n  - preset: fly\n", "proxies:\n  - preset: fly\n    idle: 60s\n",
             "pulsegate hops"},
    code_row{
        code::proxy_tls_mismatch, "PG342", severity::error,
        "a proxy and a listener of which only one speaks TLS",
        "A listener with `tls` refuses whoever does not begin with TLS, and one without takes\n"
        "it for a broken request. Nginx speaks TLS with `proxy_pass https://`, in `stream`\n"
        "with `proxy_ssl on;`, HAProxy to a `server` with `ssl`.",
        nginx_yaml, nginx_yaml, "ngx_http_proxy_module, proxy_pass",
        PULSEGATE_LOCATION_TO("https", ""), PULSEGATE_LOCATION("")},
};

#undef PULSEGATE_HAPROXY
#undef PULSEGATE_LOCATION
#undef PULSEGATE_LOCATION_TO

} // namespace

std::span<const code_row> proxy_file_codes() {
    return rows;
}

} // namespace pulsegate
