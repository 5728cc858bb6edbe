#include "alignment/haproxy/times.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

using namespace pulsegate;
using namespace std::chrono_literals;

TEST_CASE("HAProxy's times are one number and one unit, milliseconds if there is none") {
    struct row {
        std::string_view text;
        milliseconds value;
    };
    constexpr row rows[] = {
        {"0", 0ms},      {"0s", 0ms},
        {"50", 50ms},    {"50ms", 50ms},
        {"90s", 90s},    {"2m", 2min},
        {"1h", 1h},      {"24d", 576h},
        {"1000us", 1ms}, {"1001us", 2ms},
        {"1us", 1ms},    {"007s", 7s},
        {"0us", 0ms},    {"2147483647", 2'147'483'647ms},
    };
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto value = parse_haproxy_time(each.text);
        REQUIRE(value.has_value());
        CHECK(*value == each.value);
    }
}

TEST_CASE("what HAProxy does not take for a time is refused, with a cure") {
    for (const std::string_view text : {"", "s", "1.5s", "-1s", "+1s", "1S", "1 s", " 1s", "1s ",
                                        "0x10", "1m30s", "1s2", "1min", "abc", "\xff"}) {
        CAPTURE(text);
        const auto value = parse_haproxy_time(text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().message.ends_with(" is not a time"));
        CHECK_FALSE(value.error().help.empty());
    }
}

TEST_CASE("a time past what HAProxy's clock can hold is refused") {
    for (const std::string_view text :
         {"2147483648", "2147483648ms", "2147484s", "25d", "99999999999999999999d",
          "2147483647001us", "9223372036854775807d"}) {
        CAPTURE(text);
        const auto value = parse_haproxy_time(text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().message.ends_with(" is longer than HAProxy can wait"));
    }
}
