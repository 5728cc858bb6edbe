#include "alignment/server_block.hpp"

#include "alignment/nginx/reading.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

configuration configured(const std::string& yaml) {
    const load_result loaded = load_configuration(make_source("gateway.yaml", yaml));
    REQUIRE_FALSE(has_errors(loaded.diagnostics));
    return loaded.values;
}

std::string block(const std::string& yaml, server_block_form form = server_block_form::fragment) {
    const auto text = nginx_server_block(configured(yaml), form);
    REQUIRE(text.has_value());
    return *text;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the server block for the defaults, as users paste it") {
    CHECK(block("") == R"(map $http_upgrade $pulsegate_connection {
    default upgrade;
    ''      '';
}

upstream pulsegate {
    server 127.0.0.1:8081;
    keepalive 32;
}

server {
    listen 80;
    server_name _;

    location / {
        proxy_pass http://pulsegate;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $pulsegate_connection;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_read_timeout 60s;
        proxy_send_timeout 60s;
        send_timeout 60s;
        proxy_buffering off;
    }
}
)");
}

TEST_CASE("pages that the gateway refuses go past it to the one application behind all routes") {
    const std::string text =
        block("routes:\n  - { path: /, upstream: ws://127.0.0.1:8000, http: refuse }\n"
              "  - { path: /edit, upstream: ws://127.0.0.1:8000, http: refuse }\n");
    CHECK(has(text, "map $http_upgrade $pulsegate_backend {\n"
                    "    default        pulsegate_app;\n"
                    "    ~*^websocket$  pulsegate;\n}"));
    CHECK(has(text, "upstream pulsegate_app {\n    server 127.0.0.1:8000;\n}"));
    CHECK(has(text, "proxy_pass http://$pulsegate_backend;"));
    // `Upgrade: h2c, websocket` must not open one past the gateway and its rules.
    CHECK(has(text, "proxy_set_header Upgrade $pulsegate_upgrade;"));
    for (const char* const other :
         {"upstream: ws://127.0.0.1:8001, http: refuse", "upstream: echo, http: refuse",
          "upstream: wss://127.0.0.1:8000, http: refuse",
          "upstream: ws://127.0.0.1:8000/public, http: refuse",
          "upstream: ws://127.0.0.1:8000, http: pass"}) {
        CAPTURE(other);
        CHECK_FALSE(has(block("routes:\n"
                              "  - { path: /, upstream: ws://127.0.0.1:8000, http: refuse }\n"
                              "  - { path: /edit, " +
                              std::string(other) + " }\n"),
                        "pulsegate_backend"));
    }
}

TEST_CASE("Nginx speaks TLS with a listener that does") {
    const std::string text =
        block("listeners:\n  - address: 127.0.0.1:8443\n"
              "    tls: { certificate: fullchain.pem, private_key: private.key }\n");
    CHECK(has(text, "server 127.0.0.1:8443;"));
    CHECK(has(text, "proxy_pass https://pulsegate;"));
}

TEST_CASE("a whole nginx.conf has the same block, with room for all connections") {
    const std::string text = block("limits: { connections: 1000 }\n", server_block_form::complete);
    CHECK(text.starts_with("worker_processes 1;\n"
                           "worker_rlimit_nofile 2080;\n"
                           "\n"
                           "events {\n"
                           "    worker_connections 2016;\n"
                           "}\n"
                           "\n"
                           "http {\n"
                           "    map $http_upgrade $pulsegate_connection {\n"));
    CHECK(has(text, "\n        location / {\n            proxy_pass http://pulsegate;\n"));
    CHECK_FALSE(has(text, " \n"));
    CHECK(text.ends_with("    }\n}\n"));
}

TEST_CASE("the reader of Nginx finds the block's own way to the gateway") {
    memory_files files;
    files.add("/nginx.conf", block("", server_block_form::complete));
    nginx_request asked;
    asked.path = "/nginx.conf";
    asked.version = nginx_version{1, 22, 1};
    asked.listeners = {tcp_address{"127.0.0.1", 8081}};
    asked.declared = {make_source("gateway.yaml", "here"), 0, 4};
    const nginx_reading reading = read_nginx(files, asked);
    CHECK(reading.problems.empty());
    REQUIRE(reading.passages.size() == 1);
    CHECK(reading.passages.front().read_timeout.value == 60s);
    CHECK(is_upgraded(reading.passages.front().headers));
}

TEST_CASE("Nginx connects to a listener on all addresses by loopback") {
    CHECK(has(block("listeners: [{ address: 0.0.0.0:9001 }]\n"), "server 127.0.0.1:9001;"));
    CHECK(has(block("listeners: [{ address: '[::]:9001' }]\n"), "server [::1]:9001;"));
    CHECK(has(block("listeners: [{ address: 10.1.2.3:9001 }]\n"), "server 10.1.2.3:9001;"));
}

TEST_CASE("Nginx connects to a Unix socket by its path") {
    CHECK(has(block("listeners: [{ address: unix:/run/pulsegate.sock }]\n"),
              "    server unix:/run/pulsegate.sock;\n"));
}

TEST_CASE("a port that the kernel chooses cannot be written down") {
    const auto text = nginx_server_block(configured("listeners: [{ address: 127.0.0.1:0 }]\n"),
                                         server_block_form::fragment);
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().message ==
          "the first listener has no port of its own: the kernel chooses one");
    CHECK(text.error().help == "give `listeners[0].address` a port, such as `127.0.0.1:8081`");
}

TEST_CASE("no server block is printed for a listener that Nginx could not satisfy") {
    const auto text = nginx_server_block(
        configured("listeners: [{ address: 127.0.0.1:8081, proxy_protocol: require }]\n"),
        server_block_form::fragment);
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().help.starts_with("write `proxy_protocol: off`"));
}

TEST_CASE("the slowest route decides how long Nginx waits") {
    CHECK(has(block("heartbeat: { interval: 30s, timeout: 90s }\n"), "proxy_read_timeout 120s;"));
    CHECK(has(block("routes:\n"
                    "  - { path: /a, upstream: echo }\n"
                    "  - path: /b\n"
                    "    upstream: echo\n"
                    "    heartbeat: { interval: 2m, timeout: 4m }\n"),
              "proxy_read_timeout 300s;"));
}

TEST_CASE("a stalled write has as long in Nginx as in the gateway, and more") {
    const std::string text = block("limits: { write_stall: 2m }\n");
    CHECK(has(text, "proxy_send_timeout 180s;"));
    CHECK(has(text, " send_timeout 180s;"));
}

TEST_CASE("the outermost Nginx sets the header in which the gateway looks for clients") {
    const std::string header = "proxy_set_header X-Real-IP $remote_addr;";
    CHECK(has(block("client_ip_header: X-Real-IP\n"), header));
    CHECK(has(block("client_ip_header: Forwarded\n"),
              "proxy_set_header Forwarded \"for=$remote_addr;proto=$scheme\";"));
    CHECK(has(block("client_ip_header: X-Real-IP\n"
                    "proxies: [{ nginx: { config: nginx.conf } }]\n"),
              header));
    CHECK_FALSE(
        has(block("client_ip_header: X-Real-IP\nproxies: [{ preset: cloudflare }]\n"), header));
}
