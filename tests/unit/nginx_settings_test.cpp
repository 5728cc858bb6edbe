// Which value is in force at a place, by Nginx's rules of inheritance.
#include "support/nginx_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

/// The text of the directive that sets a value; `default of BLOCK` if none does.
template <class T>
std::string origin(const nginx_setting<T>& setting) {
    if (setting.set_at)
        return std::string(setting.set_at->text());
    return "default of " + std::string(setting.block.text());
}

const nginx_passage& only_passage(const nginx_reading& reading) {
    REQUIRE(reading.problems.empty());
    REQUIRE(reading.passages.size() == 1);
    return reading.passages.front();
}

} // namespace

TEST_CASE("a location without settings has the defaults of Nginx, which could be set in it") {
    const nginx_reading reading =
        read_nginx_server("location /ws/ { proxy_pass http://127.0.0.1:8081; }");
    const nginx_passage& passage = only_passage(reading);
    CHECK(passage.title == "location /ws/");
    CHECK(passage.where.text() == "location /ws/");
    CHECK(passage.proxy_pass.text() == "proxy_pass http://127.0.0.1:8081;");
    CHECK(passage.target == socket_address(tcp_address{"127.0.0.1", 8081}));
    CHECK(passage.listener == 0);
    CHECK(passage.read_timeout.value == 60s);
    CHECK(origin(passage.read_timeout) == "default of location /ws/");
    CHECK(passage.http_version.value == "1.0");
    CHECK(origin(passage.http_version) == "default of location /ws/");
    CHECK(passage.headers.empty());
    CHECK(passage.lost_headers.empty());
}

TEST_CASE("a value is inherited from the nearest block that sets it") {
    const std::string pass = "proxy_pass http://127.0.0.1:8081;";
    const auto timeout_of = [](const std::string& text) {
        const nginx_reading reading = read_nginx_text("events {}\n" + text);
        return origin(only_passage(reading).read_timeout);
    };
    CHECK(timeout_of("http { proxy_read_timeout 1s; server { location / { " + pass + " } } }") ==
          "proxy_read_timeout 1s;");
    CHECK(timeout_of("http { proxy_read_timeout 1s; server { location / { " + pass +
                     " } proxy_read_timeout 2s; } }") == "proxy_read_timeout 2s;");
    CHECK(timeout_of("http { server { proxy_read_timeout 2s; location / { proxy_read_timeout 3s; "
                     "location /ws { " +
                     pass + " } } } }") == "proxy_read_timeout 3s;");
    CHECK(timeout_of("http { server { proxy_read_timeout 2s; } server { location / { " + pass +
                     " } location /b { proxy_read_timeout 4s; } } }") == "default of location /");
}

TEST_CASE("a nested location does not inherit proxy_pass") {
    const nginx_reading reading = read_nginx_server(
        "location / { proxy_pass http://127.0.0.1:8081; location /static { root /srv; } }");
    CHECK(only_passage(reading).title == "location /");
}

TEST_CASE("an if with a proxy_pass of its own takes its settings from the location") {
    const nginx_reading reading =
        read_nginx_server("location /ws { proxy_read_timeout 5s; proxy_set_header Upgrade u;\n"
                          "if ($http_upgrade) { proxy_pass http://127.0.0.1:8081; }\n"
                          "proxy_pass http://127.0.0.1:3000; }");
    const nginx_passage& passage = only_passage(reading);
    CHECK(passage.title == "if ($http_upgrade) in location /ws");
    CHECK(passage.read_timeout.value == 5s);
    CHECK(origin(passage.http_version) == "default of location /ws");
    CHECK(passage.headers.size() == 1);
    CHECK(passage.path == "/ws");
}

TEST_CASE("the default HTTP version is that of the given Nginx") {
    memory_files files;
    files.add("/n.conf", "http { server { location / { proxy_pass http://127.0.0.1:8081; } } }");
    nginx_request request{"/n.conf", nginx_version{1, 29, 7}, {tcp_address{"127.0.0.1", 8081}}, {}};
    nginx_reading reading = read_nginx(files, request);
    CHECK(only_passage(reading).http_version.value == "1.1");
    CHECK_FALSE(reading.is_version_assumed);
    request.version.reset();
    reading = read_nginx(files, request);
    CHECK(only_passage(reading).http_version.value == "1.0");
    CHECK(reading.is_version_assumed);
    CHECK(reading.version == assumed_nginx_version);
}

TEST_CASE("a server of stream is a passage with its own timeout") {
    nginx_reading reading =
        read_nginx_text("stream { server { listen 1; proxy_pass 127.0.0.1:8081; } }");
    CHECK(only_passage(reading).protocol == nginx_passage::protocols::stream);
    CHECK(only_passage(reading).title == "server of stream");
    CHECK(only_passage(reading).read_timeout.value == 10min);
    CHECK(origin(only_passage(reading).read_timeout) == "default of server");
    CHECK_FALSE(only_passage(reading).path.has_value());
    reading = read_nginx_text(
        "stream { proxy_timeout 1h; server { listen 1; proxy_pass 127.0.0.1:8081; } }");
    CHECK(only_passage(reading).read_timeout.value == 1h);
}

TEST_CASE("a server of stream may send the PROXY protocol") {
    nginx_reading reading =
        read_nginx_text("stream { server { proxy_pass 127.0.0.1:8081; proxy_protocol ON; } }");
    CHECK(only_passage(reading).proxy_protocol.value);
    CHECK(origin(only_passage(reading).proxy_protocol) == "proxy_protocol ON;");
    reading = read_nginx_text(
        "stream { proxy_protocol on; server { proxy_pass 127.0.0.1:8081; proxy_protocol off; } }");
    CHECK_FALSE(only_passage(reading).proxy_protocol.value);
}

TEST_CASE("settings of the process have the defaults of Nginx") {
    const nginx_process_settings process = read_nginx_text("http {}").process;
    CHECK(process.worker_processes.value == 1);
    CHECK(process.worker_connections.value == 512);
    CHECK_FALSE(process.worker_rlimit_nofile.value.has_value());
    CHECK_FALSE(process.worker_shutdown_timeout.value.has_value());
    CHECK_FALSE(process.worker_connections.set_at.has_value());
    CHECK(process.worker_connections.block.length == 0);
    CHECK(read_nginx_text("events {}").process.worker_connections.block.text() == "events");
}

TEST_CASE("settings of the process are read where they stand") {
    const nginx_process_settings process =
        read_nginx_text("worker_processes auto; worker_rlimit_nofile 65536;\n"
                        "worker_shutdown_timeout 1h; events { worker_connections 768; }")
            .process;
    CHECK_FALSE(process.worker_processes.value.has_value());
    CHECK(origin(process.worker_processes) == "worker_processes auto;");
    CHECK(process.worker_connections.value == 768);
    CHECK(origin(process.worker_connections) == "worker_connections 768;");
    CHECK(process.worker_rlimit_nofile.value == 65536);
    CHECK(process.worker_shutdown_timeout.value == 1h);
    CHECK(read_nginx_text("worker_processes 8;").process.worker_processes.value == 8);
}
