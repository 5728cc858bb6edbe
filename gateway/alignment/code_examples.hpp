// Pieces of the configurations of proxies that the tables of codes have as examples; of codes.cpp
// and http_codes.cpp alone.
#pragma once

#include <string_view>

namespace pulsegate {

// Of PG310 to PG319: pieces of an nginx.conf.
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

// Of PG346 to PG353: a route that passes plain HTTP, and two servers of one Nginx.
#define PULSEGATE_APP "routes:\n  - { path: /, upstream: \"ws://127.0.0.1:8000\" }\n"
#define PULSEGATE_COMPRESSED "            gzip on;\n            gzip_types text/event-stream;\n"
#define PULSEGATE_INNER_AND_OUTER(inner)                                                           \
    "events { worker_connections 1024; }\nhttp {\n    server {\n        listen 80;\n"              \
    "        location / {\n            proxy_pass http://127.0.0.1:8090;\n"                        \
    "            proxy_set_header Host $host;\n" PULSEGATE_UPGRADE PULSEGATE_ADDRESS               \
        PULSEGATE_COMPRESSED                                                                       \
    "        }\n    }\n    server {\n        listen 8090;\n        location / {\n" inner           \
    "            proxy_pass http://127.0.0.1:8081;\n" PULSEGATE_UPGRADE PULSEGATE_ADDRESS          \
    "        }\n    }\n}\n"

#define PULSEGATE_YAML_NEW                                                                         \
    "limits: { connections: 500 }\n"                                                               \
    "proxies:\n"                                                                                   \
    "  - nginx: { config: nginx.conf, version: 1.30.0 }\n"

// Of PG320 to PG353: an Nginx whose default is HTTP/1.1, and a HAProxy.
inline constexpr std::string_view nginx_yaml = PULSEGATE_YAML_NEW;
inline constexpr std::string_view haproxy_yaml = "proxies:\n  - haproxy: { config: haproxy.cfg }\n";

#define PULSEGATE_PLACE(lines) PULSEGATE_PLACE_TO("http", lines)
#define PULSEGATE_PLACE_TO(scheme, lines) PULSEGATE_PLACE_OF(scheme "://127.0.0.1:8081", lines)
#define PULSEGATE_PLACE_OF(destination, lines)                                                     \
    "events { worker_connections 1024; }\nhttp {\n    server {\n        location / {\n" lines      \
    "            proxy_pass " destination ";\n"                                                    \
    "            proxy_set_header Upgrade $http_upgrade;\n"                                        \
    "            proxy_set_header Connection \"upgrade\";\n"                                       \
    "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"                   \
    "        }\n    }\n}\n"
#define PULSEGATE_SOCKET_YAML(mode)                                                                \
    "limits: { connections: 500 }\n"                                                               \
    "listeners:\n"                                                                                 \
    "  - { address: unix:/tmp/pulsegate.sock, mode: " mode " }\n"                                  \
    "proxies:\n"                                                                                   \
    "  - nginx: { config: nginx.conf, version: 1.30.0 }\n"
#define PULSEGATE_HAPROXY(lines)                                                                   \
    "defaults\n    mode http\n" lines                                                              \
    "    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n"                     \
    "    timeout tunnel 2m\n    timeout client-fin 30s\n    option forwardfor\n"                   \
    "listen app\n    bind :8080\n    server gateway 127.0.0.1:8081\n"

} // namespace pulsegate
