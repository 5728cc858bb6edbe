#include "alignment/nginx/values.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

TEST_CASE("a time of Nginx is what Nginx 1.22 takes it for") {
    struct row {
        std::string_view text;
        long long milliseconds;
    };
    constexpr std::array<row, 20> rows{
        {{"60", 60'000},        {"60s", 60'000},
         {"1m30s", 90'000},     {"1m", 60'000},
         {"500ms", 500},        {"1s500ms", 1'500},
         {"1h 30m", 5'400'000}, {"1m 30", 90'000},
         {"1h  5", 3'605'000},  {"1d", 86'400'000},
         {"1w", 604'800'000},   {"0", 0},
         {"1500", 1'500'000},   {"60 ", 60'000},
         {" 60", 60'000},       {"60 5", 65'000},
         {"1ms1", 1'001},       {"1s1", 2'000},
         {"500ms 3", 3'500},    {"9223372036854775", 9'223'372'036'854'775'000}}};
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto time = parse_nginx_time(each.text);
        REQUIRE(time.has_value());
        CHECK(time->count() == each.milliseconds);
    }
}

TEST_CASE("a time that Nginx 1.22 refuses is refused") {
    for (const std::string_view text : {"",
                                        " ",
                                        "s",
                                        "1M",
                                        "1y",
                                        "30s1m",
                                        "500ms1s",
                                        "1 h",
                                        "1d1w",
                                        "1s1s",
                                        "1m1m",
                                        "-1",
                                        "1.5s",
                                        "1x",
                                        "60 5ms",
                                        "60 5 ",
                                        "60\t",
                                        "9223372036854776",
                                        "9223372036854775807",
                                        "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_nginx_time(text).has_value());
    }
}
