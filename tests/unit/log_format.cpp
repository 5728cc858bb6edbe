#include "base/log_format.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace std::string_literals;
namespace json = boost::json;

namespace pulsegate {
namespace {

// 2026-11-22T20:58:27.123Z
const std::chrono::system_clock::time_point when{std::chrono::milliseconds(1795381107123)};

std::string text(std::string_view message, std::vector<log::field> fields = {}) {
    return log::format_line(log::format::text, when, log::level::info, message, fields);
}

/// The text of one field, as it stands in a text line.
std::string text_of(log::field field) {
    const std::string line = text("m", {field});
    const std::string head = "2026-11-22T20:58:27.123Z info  m k=";
    REQUIRE(line.starts_with(head));
    return line.substr(head.size());
}

json::object object(std::string_view message, std::vector<log::field> fields = {}) {
    const std::string line =
        log::format_line(log::format::json, when, log::level::warning, message, fields);
    CHECK(line.find('\n') == std::string::npos);
    return json::parse(line).as_object(); // its parser rejects malformed UTF-8
}

} // namespace

TEST_CASE("a text line has the time in UTC, the level, the message and the fields in order") {
    CHECK(
        text("session ended", {{"reason", "evicted"}, {"client", "203.0.113.7"}, {"code", 4001}}) ==
        "2026-11-22T20:58:27.123Z info  session ended reason=evicted client=203.0.113.7 code=4001");
    CHECK(log::format_line(log::format::text, when, log::level::warning, "m", {}) ==
          "2026-11-22T20:58:27.123Z warning m");
    CHECK(log::format_line(log::format::text, when, log::level::debug, "m", {}) ==
          "2026-11-22T20:58:27.123Z debug m");
}

TEST_CASE("milliseconds are cut, not rounded into the next second, also before 1970") {
    using namespace std::chrono;
    const system_clock::time_point late{microseconds(999'999)};
    CHECK(log::format_line(log::format::text, late, log::level::error, "m", {}) ==
          "1970-01-01T00:00:00.999Z error m");
    CHECK(log::format_line(log::format::text, late - seconds(1), log::level::error, "m", {}) ==
          "1969-12-31T23:59:59.999Z error m");
}

TEST_CASE("a text value is quoted as soon as it is not a plain word") {
    struct {
        std::string value;
        std::string written;
    } const rows[] = {
        {"evicted", "evicted"},
        {"[::1]:8081", "[::1]:8081"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", R"("say \"hi\"")"},
        {"back\\slash", R"("back\\slash")"},
        {"a\nb\rc\td", R"("a\nb\rc\td")"},
        {"nul\0byte"s, R"("nul\x00byte")"},
        {"\x1b[31mred\x7f", R"("\x1b[31mred\x7f")"},
        {"caf\xC3\xA9", R"("caf\xc3\xa9")"},
        {"\xFF\xFE", R"("\xff\xfe")"},
        {"x\xE2\x80\xA8y", R"("x\xe2\x80\xa8y")"}, // U+2028, a line break to some viewers
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        CHECK(text_of({"k", row.value}) == row.written);
    }
}

TEST_CASE("no value of any byte forges a line or a field, in either format") {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte)
        every_byte += static_cast<char>(byte);
    const std::string forged = "x\" reason=drained\n2026-11-22T20:58:27.123Z info  session ended";
    for (const std::string& hostile : {every_byte, forged}) {
        const std::string line = text(hostile, {{"client", hostile}, {"reason", "evicted"}});
        for (const char c : line)
            CHECK((c >= ' ' && c <= '~'));
        const auto value = line.rfind(" client=\"");
        REQUIRE(value != std::string::npos);
        // The only unescaped quote after the opening one closes the value.
        std::size_t end = value + 9;
        while (line[end] != '"')
            end += line[end] == '\\' ? 2 : 1;
        CHECK(line.substr(end) == "\" reason=evicted");

        const json::object parsed = object(hostile, {{"client", hostile}, {"reason", "evicted"}});
        CHECK(parsed.size() == 5);
        CHECK(parsed.at("reason").as_string() == "evicted");
    }
}

TEST_CASE("numbers and flags are written plainly") {
    CHECK(text_of({"k", 0}) == "0");
    CHECK(text_of({"k", -7}) == "-7");
    CHECK(text_of({"k", std::uint16_t{4001}}) == "4001");
    CHECK(text_of({"k", std::numeric_limits<std::uint64_t>::max()}) == "18446744073709551615");
    CHECK(text_of({"k", std::numeric_limits<std::int64_t>::min()}) == "-9223372036854775808");
    CHECK(text_of({"k", true}) == "true");
    CHECK(text_of({"k", false}) == "false");
}

TEST_CASE("decimals are as many as seconds need") {
    struct {
        double value;
        std::string written;
    } const rows[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {12.3, "12.3"},
        {12.3456, "12.346"},
        {45.0, "45"},
        {100.0, "100"},
        {0.000123, "0.000123"},
        {0.0000001, "0"},
        {-1.5, "-1.5"},
        {-1e-9, "0"},
        {86400.125, "86400.125"},
        {1e21, "1000000000000000000000"},
        {std::numeric_limits<double>::quiet_NaN(), "nan"},
        {std::numeric_limits<double>::infinity(), "inf"},
        {-std::numeric_limits<double>::infinity(), "-inf"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        CHECK(text_of({"k", row.value}) == row.written);
    }
}

TEST_CASE("a JSON line is one object with the same facts, typed") {
    const json::object line =
        object("session ended", {{"reason", "evicted"},
                                 {"code", std::uint16_t{4001}},
                                 {"delta", -3},
                                 {"bytes", std::numeric_limits<std::uint64_t>::max()},
                                 {"duration", 12.34567},
                                 {"nothing", std::numeric_limits<double>::quiet_NaN()},
                                 {"tls", false}});
    CHECK(line.at("time").as_string() == "2026-11-22T20:58:27.123Z");
    CHECK(line.at("level").as_string() == "warning");
    CHECK(line.at("message").as_string() == "session ended");
    CHECK(line.at("reason").as_string() == "evicted");
    CHECK(line.at("code").to_number<int>() == 4001);
    CHECK(line.at("delta").to_number<int>() == -3);
    CHECK(line.at("bytes").to_number<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
    CHECK(line.at("duration").as_double() == 12.346);
    CHECK(line.at("nothing").is_null());
    CHECK(line.at("tls").as_bool() == false);
}

TEST_CASE("JSON keeps UTF-8 and replaces what is not") {
    const json::object line = object("m", {{"good", "caf\xC3\xA9"}, {"bad", "a\xFF\xC3z"}});
    CHECK(line.at("good").as_string() == "caf\xC3\xA9");
    CHECK(line.at("bad").as_string() == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST_CASE("systemd's journal is known by device and inode, and gets priorities") {
    CHECK(log::is_journal("8:12345", 8, 12345));
    CHECK_FALSE(log::is_journal("8:12345", 8, 1234));
    CHECK_FALSE(log::is_journal("8:12345", 9, 12345));
    CHECK_FALSE(log::is_journal("", 0, 0));
    CHECK_FALSE(log::is_journal("8:12345x", 8, 12345));
    CHECK(log::priority_of(log::level::debug) == "<7>");
    CHECK(log::priority_of(log::level::info) == "<6>");
    CHECK(log::priority_of(log::level::warning) == "<4>");
    CHECK(log::priority_of(log::level::error) == "<3>");
}

} // namespace pulsegate
