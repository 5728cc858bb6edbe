// Which of many like log lines are written.
#include "base/paced_lines.hpp"

#include <doctest/doctest.h>

#include <array>

namespace pulsegate::log {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1000s};

bool tell(paced_lines& lines, std::string_view address, time_point now) {
    const std::array words{common_word{"address", address}};
    return lines.on_line(level::warning, "not reached", words, now);
}

TEST_CASE("of a herd of like lines the first few are written, and then a count") {
    paced_lines lines;
    unsigned written = 0;
    for (int i = 0; i < 3000; ++i)
        written += tell(lines, "192.0.2.1:80", start + i * 1ms) ? 1 : 0;
    CHECK(written == paced_lines::at_once);
    CHECK(lines.take_counts(start + 9s).empty());
    const auto counts = lines.take_counts(start + 11s);
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].lines == 3000 - paced_lines::at_once);
    CHECK(counts[0].severity == level::warning);
    CHECK(counts[0].message == "not reached");
    REQUIRE(counts[0].words.size() == 1);
    CHECK(counts[0].words[0].second == "192.0.2.1:80");
    CHECK(lines.take_counts(start + 12s).empty());
}

TEST_CASE("what goes on is told once a minute") {
    paced_lines lines;
    unsigned written = 0;
    std::size_t counts = 0;
    for (int second = 0; second < 610; ++second) {
        written += tell(lines, "192.0.2.1:80", start + second * 1s) ? 1 : 0;
        counts += lines.take_counts(start + second * 1s).size();
    }
    CHECK(written == paced_lines::at_once);
    CHECK(counts >= 9);
    CHECK(counts <= 11);
}

TEST_CASE("after a quiet time lines are written again, and nothing is kept of them") {
    paced_lines lines;
    for (int i = 0; i < 5; ++i)
        CHECK(tell(lines, "192.0.2.1:80", start));
    CHECK_FALSE(tell(lines, "192.0.2.1:80", start + 1s));
    CHECK(lines.take_counts(start + 11s).size() == 1);
    CHECK(lines.kinds() == 0);
    CHECK(tell(lines, "192.0.2.1:80", start + 12s));
}

TEST_CASE("lines with other words are other lines") {
    paced_lines lines;
    for (int i = 0; i < 100; ++i)
        (void)tell(lines, "192.0.2.1:80", start);
    CHECK(tell(lines, "192.0.2.2:80", start));
}

TEST_CASE("there are so many kinds and no more, whatever peers send") {
    paced_lines lines;
    unsigned written = 0;
    for (int i = 0; i < 10'000; ++i)
        written += tell(lines, std::to_string(i), start) ? 1 : 0;
    CHECK(lines.kinds() == paced_lines::most_kinds + 1);
    CHECK(written == paced_lines::most_kinds + paced_lines::at_once);
    CHECK(lines.take_counts(start + 11s).at(0).message == "other lines");
    CHECK(lines.kinds() == 0);
}

TEST_CASE("at the end every count is told") {
    paced_lines lines;
    for (int i = 0; i < 7; ++i)
        (void)tell(lines, "192.0.2.1:80", start);
    CHECK(lines.take_counts(start, /*all=*/true).at(0).lines == 2);
}

} // namespace
} // namespace pulsegate::log
