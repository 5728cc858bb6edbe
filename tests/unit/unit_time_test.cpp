#include "alignment/deployment/unit_file.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace pulsegate;
using namespace std::chrono_literals;

TEST_CASE("time spans of systemd are read as systemd reads them") {
    const struct {
        std::string_view text;
        milliseconds value;
    } rows[] = {
        {"90", 90s},
        {"90s", 90s},
        {" 1min 30s ", 90s},
        {"1min30s", 90s},
        {"30s 1min", 90s},
        {"5 5", 10s},
        {"1.5h", 90min},
        {".5s", 500ms},
        {"2 hours", 2h},
        {"1hr", 1h},
        {"1day", 24h},
        {"1w", 168h},
        {"1M", 2'629'800s},
        {"1month", 2'629'800s},
        {"1m", 1min},
        {"20ms", 20ms},
        {"20msec", 20ms},
        {"1us", 1ms}, // rounded up
        {"0", 0ms},
        {"infinity", unit_time_infinity},
        {"infinity ", unit_time_infinity},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(parse_unit_time(row.text) == row.value);
    }
}

TEST_CASE("what systemd ignores is no time span") {
    for (const std::string_view text :
         {"", " ", "s", "-1", "-1s", "90q", "90 q", "90 secs", "5x5", "1.s", "1.2.3", "infinity 1",
          "1 infinity", "99999999999999999999", "99999999999y", "1s,", "0x10"}) {
        CAPTURE(text);
        CHECK(parse_unit_time(text) == std::nullopt);
    }
}
