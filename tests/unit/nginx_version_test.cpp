#include "alignment/nginx/version.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

TEST_CASE("a version of Nginx is read with and without its name and patch number") {
    CHECK(parse_nginx_version("1.22") == nginx_version{1, 22, 0});
    CHECK(parse_nginx_version("1.22.1") == nginx_version{1, 22, 1});
    CHECK(parse_nginx_version("nginx/1.29.7") == nginx_version{1, 29, 7});
}

TEST_CASE("what is no version of Nginx is not read as one") {
    for (const std::string_view text : {"", "1", "1.", "1.2.", "1.2.3.4", "1.2.3x", "v1.2", " 1.2",
                                        "nginx", "nginx/", "-1.2", "1.99999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_nginx_version(text).has_value());
    }
}

TEST_CASE("HTTP/1.1 towards the gateway is the default since 1.29.7") {
    CHECK(default_http_version({1, 22, 1}) == "1.0");
    CHECK(default_http_version({1, 29, 6}) == "1.0");
    CHECK(default_http_version({1, 29, 7}) == "1.1");
    CHECK(default_http_version({2, 0, 0}) == "1.1");
}

TEST_CASE("a version is written as Nginx writes it") {
    CHECK(to_string(nginx_version{1, 22, 0}) == "1.22.0");
}
