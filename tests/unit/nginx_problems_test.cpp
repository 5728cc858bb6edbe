// What is reported of a configuration that Nginx refuses: once, at its place, with a cure.
#include "alignment/codes.hpp"
#include "support/nginx_text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

namespace {

/// `LINE:COLUMN MESSAGE` of each problem, separated by ` | `.
std::string shown(const std::vector<diagnostic>& problems) {
    std::string all;
    for (const diagnostic& each : problems) {
        const position at = each.primary.where.start();
        all += (all.empty() ? "" : " | ") + std::to_string(at.line) + ':' +
               std::to_string(at.column) + ' ' + each.message;
    }
    return all;
}

} // namespace

TEST_CASE("a fault of syntax is reported once, at its place, with a cure") {
    struct row {
        const char* text;
        std::string_view problem;
    };
    const std::array rows = std::to_array<row>({
        {"events {}\nhttp { server {\n}\n", "2:1 the block `http` does not end in this file"},
        {"http {\n  server {\n    location / {\n      gzip on;\n  }\n}\n",
         "3:5 the block `location /` does not end, by its indentation"},
        {"events {}\n}\nhttp {", "2:1 `}` closes no block of this file"},
        {"http {\n  gzip on\n}", "2:3 no `;` ends the directive `gzip`"},
        {"http { server { listen 80;\n location / {\n proxy_http_version 1.1\n"
         "proxy_set_header Host $host; } } }",
         "3:2 no `;` ends the directive `proxy_http_version`"},
        {"http { server {\n gzip on\n location / { } } }", "2:2 no `;` ends the directive `gzip`"},
        {"http { server { proxy_read_timeout 60s { } } }",
         "1:17 no `;` ends the directive `proxy_read_timeout`"},
        {"http { server { location /; } }", "1:17 `location` needs a block"},
        {"http { server { proxy_set_header Host; } }", "1:17 `proxy_set_header` with 1 argument"},
        {"http { server { access_by_lua_block {\n", "1:37 the block of Lua that starts here does "
                                                    "not end"},
        {"include;", "1:1 `include` takes one file or pattern"},
    });
    for (const row& each : rows) {
        CAPTURE(each.text);
        const nginx_reading reading = read_nginx_text(each.text);
        CHECK(shown(reading.problems) == each.problem);
        for (const diagnostic& problem : reading.problems) {
            CHECK(problem.id == hop_code::nginx_syntax);
            CHECK_FALSE(problem.help.empty());
        }
    }
}

TEST_CASE("a value that Nginx refuses is reported, and the default counts") {
    struct row {
        const char* text;
        std::string_view problem;
    };
    const std::array rows = std::to_array<row>({
        {"worker_processes many;", "1:18 `many` is no value for `worker_processes`"},
        {"worker_shutdown_timeout 1y;", "1:25 `1y` is no value for `worker_shutdown_timeout`"},
        {"events { worker_connections -1; }", "1:29 `-1` is no value for `worker_connections`"},
        {"http { proxy_read_timeout 1 h; }", "1:8 `proxy_read_timeout` with 2 arguments"},
        {"http { proxy_read_timeout 1hour; }", "1:27 `1hour` is no value for `proxy_read_timeout`"},
        {"http { proxy_http_version 1; }", "1:27 `1` is no value for `proxy_http_version`"},
        {"http { proxy_read_timeout 1s;\n proxy_read_timeout 2s; }",
         "2:2 `proxy_read_timeout` stands twice in one block"},
        {"http { proxy_set_header A b; proxy_set_header A b; }", ""},
        {"stream { proxy_protocol yes; }", "1:25 `yes` is no value for `proxy_protocol`"},
        {"http {}\nhttp {}", "2:1 `http` stands twice in one block"},
    });
    for (const row& each : rows) {
        CAPTURE(each.text);
        CHECK(shown(read_nginx_text(each.text).problems) == each.problem);
    }
    CHECK(read_nginx_text("worker_processes many;").process.worker_processes.value == 1);
}

TEST_CASE("blocks with entries of their own kind are left alone") {
    const nginx_reading reading = read_nginx_text(
        "events {} http { types { set png; } upstream u { server a:1; server b:2; }\n"
        "map $a $b { server x; location y; } geo $c { default 1; }\n"
        "server { content_by_lua_block { if x then y = '}' end } } }");
    CHECK(shown(reading.problems) == "");
}

TEST_CASE("a fault in a file that is included twice is reported once") {
    const nginx_reading reading =
        read_nginx_text("http { server { include s; } server { include s; } }",
                        {{"/etc/nginx/s", "proxy_read_timeout x;"}});
    CHECK(shown(reading.problems) == "1:20 `x` is no value for `proxy_read_timeout`");
}

TEST_CASE("what stands before a fault is read all the same") {
    const nginx_reading reading = read_nginx_text(
        "http { server { location /a { proxy_pass http://127.0.0.1:8081; } location /b {");
    CHECK(reading.problems.size() == 1);
    CHECK(reading.passages.size() == 1);
}

TEST_CASE("an unreadable main file is reported where gateway.yaml names it") {
    memory_files files;
    const span declared{make_source("gateway.yaml", "nginx: /none"), 7, 5};
    const nginx_reading reading = read_nginx(files, {"/none", std::nullopt, {}, declared});
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].id == hop_code::proxy_unreadable);
    CHECK(reading.problems[0].message == "cannot read `/none`: No such file or directory");
    CHECK(reading.problems[0].primary.where.text() == "/none");
    CHECK(reading.main == nullptr);
}
