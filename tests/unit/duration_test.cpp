#include "base/duration.hpp"
#include "base/size.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>

using namespace pulsegate;
using namespace std::chrono_literals;

TEST_CASE("durations with units are read") {
    const struct {
        std::string text;
        milliseconds value;
    } rows[] = {{"25s", 25s},        {"1m30s", 90s}, {"250ms", 250ms},
                {"2h", 2h},          {"0s", 0s},     {"1h1m1s1ms", 3661001ms},
                {"1s500ms", 1500ms}, {"007s", 7s},   {"90m", 90min}};
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto value = parse_duration(row.text);
        REQUIRE(value.has_value());
        CHECK(*value == row.value);
    }
}

TEST_CASE("texts that are no durations are refused with a cure") {
    const struct {
        std::string text;
        std::string message;
        std::string help;
    } rows[] = {
        {"25", "`25` has no unit of time", "write `25s` for seconds or `25ms` for milliseconds"},
        {"0", "`0` has no unit of time", "write `0s` for seconds or `0ms` for milliseconds"},
        {"30s1m", "the units of `30s1m` do not go from large to small", "write `1m30s`"},
        {"1s1s", "the units of `1s1s` do not go from large to small", "write `2s`"},
        {"", "`` is not a duration", "whole numbers"},
        {"s", "`s` is not a duration", "whole numbers"},
        {"-5s", "`-5s` is not a duration", "whole numbers"},
        {"1.5s", "`1.5s` is not a duration", "write `1s500ms`"},
        {"25 s", "`25 s` is not a duration", "write `25s`"},
        {"25S", "`25S` is not a duration", "write `25s`"},
        {"1m30", "`1m30` is not a duration", "whole numbers"},
        {"25seconds", "`25seconds` is not a duration", "write `25s`"},
        {"\xFFs", "`\xEF\xBF\xBDs` is not a duration", "whole numbers"},
        {"99999999999999999999s", "`99999999999999999999s` is longer than any duration", ""},
        {"2562047788016h", "`2562047788016h` is longer than any duration", ""},
        {"2562047788015h13m", "`2562047788015h13m` is longer than any duration", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto value = parse_duration(row.text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().message == row.message);
        CHECK(value.error().help.find(row.help) != std::string::npos);
    }
}

TEST_CASE("a printed duration is read back as the same value") {
    std::mt19937_64 random(20240601);
    for (int i = 0; i < 2000; ++i) {
        const auto count = static_cast<std::int64_t>(random() >> (1 + random() % 62));
        const milliseconds value(count);
        const std::string text = format_duration(value);
        CAPTURE(text);
        const auto back = parse_duration(text);
        REQUIRE(back.has_value());
        CHECK(*back == value);
    }
    CHECK(format_duration(milliseconds::max()) == "2562047788015h12m55s807ms");
    CHECK(format_duration(90s) == "1m30s");
    CHECK(format_duration(0ms) == "0s");
    CHECK(format_duration(-1500ms) == "-1s500ms");
    CHECK(format_duration(milliseconds::min()) == "-2562047788015h12m55s808ms");
}

TEST_CASE("sizes with units are read") {
    const struct {
        std::string text;
        std::uint64_t value;
    } rows[] = {{"0B", 0},
                {"125B", 125},
                {"64KiB", 65536},
                {"16MiB", 16u << 20},
                {"1GiB", 1u << 30},
                {"2TiB", 2ull << 40},
                {"18446744073709551615B", std::numeric_limits<std::uint64_t>::max()}};
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto value = parse_size(row.text);
        REQUIRE(value.has_value());
        CHECK(*value == row.value);
    }
}

TEST_CASE("texts that are no sizes are refused with a cure") {
    const struct {
        std::string text;
        std::string message;
        std::string help;
    } rows[] = {
        {"1048576", "`1048576` has no unit of size", "write `1MiB`"},
        {"1000", "`1000` has no unit of size", "write `1000B` for bytes or `1000KiB`"},
        {"16MB", "`MB` is not a unit of size", "write `16MiB`"},
        {"64k", "`k` is not a unit of size", "write `64KiB`"},
        {"1gib", "`gib` is not a unit of size", "write `1GiB`"},
        {"", "`` is not a size", "a whole number"},
        {"-1B", "`-1B` is not a size", "a whole number"},
        {"1.5MiB", "`1.5MiB` is not a size", "a whole number"},
        {"MiB", "`MiB` is not a size", "a whole number"},
        {"1MiB1KiB", "`1MiB1KiB` is not a size", "a whole number"},
        {"18446744073709551616B", "`18446744073709551616B` is larger than any size", ""},
        {"16777216TiB", "`16777216TiB` is larger than any size", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto value = parse_size(row.text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().message == row.message);
        CHECK(value.error().help.find(row.help) != std::string::npos);
    }
}

TEST_CASE("a printed size is read back as the same value") {
    std::mt19937_64 random(20240602);
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t value = random() >> (random() % 64);
        const std::string text = format_size(value);
        CAPTURE(text);
        const auto back = parse_size(text);
        REQUIRE(back.has_value());
        CHECK(*back == value);
    }
    CHECK(format_size(65536) == "64KiB");
    CHECK(format_size(65537) == "65537B");
    CHECK(format_size(0) == "0B");
}
