// Included files, and the limits that keep files from including without end.
#include "alignment/codes.hpp"
#include "support/nginx_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

const std::string ws_location = "location /ws/ { proxy_pass http://127.0.0.1:8081; }";

} // namespace

TEST_CASE("an include is replaced by the file, wherever it stands") {
    const nginx_reading reading =
        read_nginx_text("include main;\nhttp { include /srv/http; server { include site; } }",
                        {{"/etc/nginx/main", "worker_processes 3; events { include ev; }"},
                         {"/etc/nginx/ev", "worker_connections 9;"},
                         {"/srv/http", "proxy_read_timeout 5s;"},
                         {"/etc/nginx/site", ws_location}});
    CHECK(reading.problems.empty());
    CHECK(reading.process.worker_processes.value == 3);
    CHECK(reading.process.worker_connections.value == 9);
    REQUIRE(reading.passages.size() == 1);
    const nginx_passage& passage = reading.passages[0];
    CHECK(passage.where.in->name() == "/etc/nginx/site");
    REQUIRE(passage.read_timeout.set_at);
    CHECK(passage.read_timeout.set_at->in->name() == "/srv/http");
    CHECK(reading.main->name() == "/etc/nginx/nginx.conf");
    CHECK(reading.files == std::vector<std::string>{"/etc/nginx/nginx.conf", "/etc/nginx/main",
                                                    "/etc/nginx/ev", "/srv/http",
                                                    "/etc/nginx/site"});
    CHECK(reading.patterns.empty());
}

TEST_CASE("a relative path starts at the folder of the main file, in every file") {
    const nginx_reading reading =
        read_nginx_text("http { server { include sub/a; } }",
                        {{"/etc/nginx/sub/a", "include b;"}, {"/etc/nginx/b", ws_location}});
    CHECK(reading.problems.empty());
    CHECK(reading.passages.size() == 1);
}

TEST_CASE("a pattern stands for its files in their order, and may match none") {
    const nginx_reading reading = read_nginx_text(
        "http { server { include conf.d/*.conf; include none/*; include s/[ab]?; } }",
        {{"/etc/nginx/conf.d/2.conf", "location /2 { proxy_pass http://127.0.0.1:8081; }"},
         {"/etc/nginx/conf.d/1.conf", "location /1 { proxy_pass http://127.0.0.1:8081; }"},
         {"/etc/nginx/conf.d/.hidden.conf", "}"},
         {"/etc/nginx/conf.d/1.conf.bak", "}"},
         {"/etc/nginx/s/b1", ws_location},
         {"/etc/nginx/s/c1", "}"}});
    CHECK(reading.problems.empty());
    REQUIRE(reading.passages.size() == 3);
    CHECK(reading.passages[0].title == "location /1");
    CHECK(reading.passages[1].title == "location /2");
    CHECK(reading.patterns == std::vector<std::string>{"/etc/nginx/conf.d/*.conf",
                                                       "/etc/nginx/none/*", "/etc/nginx/s/[ab]?"});
}

TEST_CASE("a plain file that is missing is a problem, a map in a file is none") {
    const nginx_reading reading =
        read_nginx_text("http { include gone;\nmap $a $b { include entries; }\n"
                        "server { location / { proxy_pass http://$b; } } }",
                        {{"/etc/nginx/entries", "default 127.0.0.1:8081;"}});
    CHECK(reading.passages.size() == 1);
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].id == hop_code::nginx_include);
    CHECK(reading.problems[0].message ==
          "cannot read `/etc/nginx/gone`: No such file or directory");
    CHECK(reading.problems[0].primary.where.text() == "include gone;");
}

TEST_CASE("files that include each other in a circle are reported with the way round") {
    const nginx_reading reading = read_nginx_text(
        "http { include a; }", {{"/etc/nginx/a", "include b;"}, {"/etc/nginx/b", "\ninclude a;"}});
    REQUIRE(reading.problems.size() == 1);
    const diagnostic& circle = reading.problems[0];
    CHECK(circle.id == hop_code::nginx_include);
    CHECK(circle.message == "the file `/etc/nginx/a` includes itself");
    CHECK(circle.primary.where.in->name() == "/etc/nginx/b");
    REQUIRE(circle.others.size() == 1);
    CHECK(circle.others[0].where.in->name() == "/etc/nginx/a");
}

TEST_CASE("the main file that includes itself is a circle") {
    const nginx_reading reading = read_nginx_text("include *.conf;");
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].message == "the file `/etc/nginx/nginx.conf` includes itself");
}

TEST_CASE("files that multiply are read only up to a limit") {
    std::vector<std::pair<std::string, std::string>> files;
    for (char level = 'a'; level < 'g'; ++level) {
        std::string text;
        for (int i = 0; i < 10; ++i)
            text += std::string("include ") + static_cast<char>(level + 1) + ";\n";
        files.emplace_back(std::string("/etc/nginx/") + level, text);
    }
    files.emplace_back("/etc/nginx/g", "tcp_nopush on;");
    const nginx_reading reading = read_nginx_text("http { include a; }", files);
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].id == hop_code::nginx_include);
    CHECK(reading.problems[0].message == "the configuration is too big");
}

TEST_CASE("a chain of very many includes ends at a limit") {
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i < 1000; ++i)
        files.emplace_back("/etc/nginx/" + std::to_string(i),
                           "include " + std::to_string(i + 1) + ";");
    const nginx_reading reading = read_nginx_text("include 0;", files);
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].message == "the configuration is too big");
}

TEST_CASE("a file of very many words is read only up to a limit") {
    std::string text;
    while (text.size() < 2 * 2'000'001)
        text += "a ";
    text += ';';
    const nginx_reading reading = read_nginx_text(std::move(text));
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].message == "the configuration is too big");
}

TEST_CASE("ten thousand nested blocks are one problem") {
    std::string text;
    for (int i = 0; i < 10'000; ++i)
        text += "a {\n";
    const nginx_reading reading = read_nginx_text(text);
    REQUIRE(reading.problems.size() == 1);
    CHECK(reading.problems[0].message == "blocks are nested more than 64 deep");
}
