// Whole configurations: each folder of tests/cases/nginx/ has an nginx.conf and, as text, what is
// to be read in it. A system test shows that Nginx accepts them.
#include "alignment/nginx/reading.hpp"
#include "support/nginx_reading_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

using namespace pulsegate;

namespace {

const std::filesystem::path cases = PULSEGATE_SOURCE_DIR "/tests/cases/nginx";

nginx_request request_for(const std::string& path) {
    return {path,
            std::nullopt,
            {tcp_address{"127.0.0.1", 8081}, unix_address{"/run/pulsegate.sock"}},
            {}};
}

/// A configuration of about 10,000 lines, as programs generate them: a server for each customer.
std::string generated_configuration(int servers) {
    std::string text = "events {}\nhttp {\n"
                       "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n";
    for (int i = 0; i < servers; ++i) {
        const std::string number = std::to_string(i);
        text += "    server {\n"
                "        listen 8080;\n"
                "        server_name customer-" +
                number +
                ".example;\n"
                "        proxy_http_version 1.1; # as the gateway needs it\n"
                "        proxy_set_header Upgrade $http_upgrade;\n"
                "        proxy_set_header Connection $connection_upgrade;\n"
                "        location / {\n"
                "            root \"/srv/customers/" +
                number +
                "\";\n"
                "        }\n"
                "        location /ws/" +
                number +
                " {\n"
                "            proxy_pass http://127.0.0.1:8081;\n"
                "            proxy_read_timeout 5m;\n"
                "        }\n"
                "    }\n";
    }
    return text + "}\n";
}

} // namespace

TEST_CASE("whole configurations are read as their folders say") {
    int count = 0;
    for (const auto& folder : std::filesystem::directory_iterator(cases)) {
        CAPTURE(folder.path().filename().string());
        disk_files files;
        const auto expected = files.read(folder.path() / "reading.txt");
        REQUIRE(expected.has_value());
        const nginx_reading reading = read_nginx(files, request_for(folder.path() / "nginx.conf"));
        CHECK(test::to_text(reading) == (*expected)->text());
        ++count;
    }
    CHECK(count >= 8);
}

TEST_CASE("a configuration of ten thousand lines is read at once") {
    memory_files files;
    files.add("/nginx.conf", generated_configuration(715));
    auto fastest = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const nginx_reading reading = read_nginx(files, request_for("/nginx.conf"));
        fastest = std::min(fastest, std::chrono::steady_clock::now() - start);
        CHECK(reading.problems.empty());
        CHECK(reading.passages.size() == 715);
    }
    // 20 to 80 ms; it would be a minute if each line had to be compared with each.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(fastest < std::chrono::milliseconds(500));
#endif
}

TEST_CASE("a file of conf.d, named by itself, is read as it is where Nginx includes it") {
    memory_files files;
    files.add("/etc/nginx/conf.d/site.conf",
              "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"
              "upstream gateway { server 127.0.0.1:8081; }\n"
              "server {\n    location / {\n        proxy_pass http://gateway;\n"
              "        proxy_set_header Connection $connection_upgrade;\n    }\n}\n");
    const nginx_reading reading = read_nginx(files, request_for("/etc/nginx/conf.d/site.conf"));
    CHECK(reading.is_fragment);
    CHECK(reading.problems.empty());
    REQUIRE(reading.passages.size() == 1);
    CHECK(reading.passages[0].title == "location /");
    CHECK(has_connection_upgrade(reading.passages[0].headers));
}
