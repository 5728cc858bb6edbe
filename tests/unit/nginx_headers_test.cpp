// Which request headers Nginx sets, and whether they let a WebSocket through.
#include "support/nginx_text.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

/// The only passage of a location at which `location` stands and around which `server` does.
nginx_passage passage_with(const std::string& location, const std::string& server = "",
                           const std::string& http = "") {
    const nginx_reading reading = read_nginx_text(
        "http {\n" + http + "\nserver {\n" + server +
        "\nlocation / { proxy_pass http://127.0.0.1:8081;\n" + location + "\n} } }");
    REQUIRE(reading.problems.empty());
    REQUIRE(reading.passages.size() == 1);
    return reading.passages.front();
}

std::string names(const std::vector<nginx_header>& headers) {
    std::string all;
    for (const nginx_header& each : headers)
        all += each.name + ' ';
    return all;
}

const std::string upgrade = "proxy_set_header Upgrade $http_upgrade;";

} // namespace

TEST_CASE("headers come from the nearest level that has any, all together") {
    CHECK(names(passage_with("", "", upgrade).headers) == "Upgrade ");
    CHECK(names(passage_with("", "proxy_set_header A b; proxy_set_header C d;").headers) == "A C ");
    CHECK(names(passage_with("proxy_set_header Host h;", upgrade).headers) == "Host ");
}

TEST_CASE("headers that an inner level switches off are lost, unless it sets them again") {
    const nginx_passage passage =
        passage_with("proxy_set_header Host inner;", upgrade + "proxy_set_header host outer;",
                     "proxy_set_header X y; proxy_set_header upgrade z;");
    CHECK(names(passage.lost_headers) == "Upgrade X ");
    CHECK(passage.lost_headers[0].where.text() == upgrade);
    CHECK(passage_with("", upgrade).lost_headers.empty());
}

TEST_CASE("a map in a header stands for all its results") {
    const std::string map = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }";
    const nginx_passage passage =
        passage_with("proxy_set_header Connection $connection_upgrade;", "", map);
    REQUIRE(passage.headers.size() == 1);
    CHECK(passage.headers[0].value == "$connection_upgrade");
    CHECK(passage.headers[0].possible_values == std::vector<std::string>{"upgrade", "close"});
    CHECK(has_connection_upgrade(passage.headers));
}

TEST_CASE("a map without default can also be empty") {
    const nginx_passage passage =
        passage_with("proxy_set_header A ${a};", "", "map $uri $a { hostnames; /x y; }");
    CHECK(passage.headers[0].possible_values == std::vector<std::string>{"y", ""});
}

TEST_CASE("only a Connection header that can be upgrade lets a WebSocket through") {
    const auto passes = [](const std::string& value, const std::string& http = "") {
        return has_connection_upgrade(
            passage_with("proxy_set_header connection " + value + ";", "", http).headers);
    };
    CHECK(passes("upgrade"));
    CHECK(passes("\"Upgrade\""));
    CHECK(passes("'keep-alive, Upgrade'"));
    CHECK(passes("$http_connection"));
    CHECK(passes("$c", "map $uri $c { default ''; /ws $d; } map $uri $d { default Upgrade; }"));
    CHECK_FALSE(passes("\"\""));
    CHECK_FALSE(passes("close"));
    CHECK_FALSE(passes("upgraded"));
    CHECK_FALSE(passes("$http_upgrade"));
    CHECK_FALSE(passes("$c", "map $uri $c { default close; }"));
    CHECK_FALSE(has_connection_upgrade(passage_with(upgrade).headers));
}

TEST_CASE("an empty Upgrade header is none") {
    CHECK(has_upgrade_header(passage_with("proxy_set_header upgrade websocket;").headers));
    CHECK(has_upgrade_header(passage_with(upgrade).headers));
    CHECK_FALSE(has_upgrade_header(passage_with("proxy_set_header Upgrade '';").headers));
    CHECK_FALSE(has_upgrade_header(passage_with("proxy_set_header Connection u;").headers));
}
