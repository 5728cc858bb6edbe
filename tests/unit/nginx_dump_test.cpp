#include "alignment/nginx/reading.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

TEST_CASE("the output of nginx -T splits into its files, of which the first is the main one") {
    auto dump =
        split_nginx_dump("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
                         "# configuration file /etc/nginx/nginx.conf:\n"
                         "events {}\n"
                         "include conf.d/*;\n"
                         "\n"
                         "# configuration file /etc/nginx/conf.d/a b:\n"
                         "# configuration file of mine:\n"
                         "gzip on;\n");
    REQUIRE(dump.has_value());
    CHECK(dump->main == "/etc/nginx/nginx.conf");
    CHECK((*dump->files.read(dump->main))->text() == "events {}\ninclude conf.d/*;\n");
    CHECK((*dump->files.read("/etc/nginx/conf.d/a b"))->text() ==
          "# configuration file of mine:\ngzip on;");
    CHECK(dump->files.match("/etc/nginx/conf.d/*").size() == 1);
}

TEST_CASE("a dump may have passed through Windows") {
    auto dump = split_nginx_dump("# configuration file /n.conf:\r\nevents {}\r\n");
    REQUIRE(dump.has_value());
    CHECK(dump->main == "/n.conf");
}

TEST_CASE("a file of a dump may be empty or end without a line end") {
    auto dump = split_nginx_dump("# configuration file /a:\n# configuration file /b:\nx;\n"
                                 "# configuration file /c:");
    REQUIRE(dump.has_value());
    CHECK((*dump->files.read("/a"))->text().empty());
    CHECK((*dump->files.read("/b"))->text() == "x;");
    CHECK((*dump->files.read("/c"))->text().empty());
}

TEST_CASE("a plain configuration is no dump") {
    CHECK_FALSE(split_nginx_dump("").has_value());
    CHECK_FALSE(split_nginx_dump("events {}\n# configuration file\n").has_value());
    CHECK_FALSE(split_nginx_dump(" # configuration file /a:\n").has_value());
    CHECK_FALSE(split_nginx_dump("# configuration file a:\n").has_value());
}
