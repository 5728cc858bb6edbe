// What `pulsegate check` tells users about mistakes that people make: the whole report, as text.
// To see a case, or after a change of wording: cd tests/cases/reports/NAME && pulsegate check
// --config gateway.yaml.
#include "command/commands.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

using namespace pulsegate;

namespace {

const std::filesystem::path cases = PULSEGATE_SOURCE_DIR "/tests/cases/reports";
constexpr std::size_t widest_report = 132; // bytes; a wide terminal

/// Reports name files as the user did, so the user has to stand in the directory of the case.
class standing_in {
public:
    explicit standing_in(const std::filesystem::path& directory) {
        std::filesystem::current_path(directory);
    }
    ~standing_in() { std::filesystem::current_path(before_); }
    standing_in(const standing_in&) = delete;
    standing_in& operator=(const standing_in&) = delete;

private:
    std::filesystem::path before_ = std::filesystem::current_path();
};

std::string report(const std::string& name, report_format format) {
    const standing_in directory(cases / name);
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream errors;
    const int exit_code = check({"gateway.yaml", format}, in, out, errors);
    CHECK((exit_code == 0 || exit_code == 1));
    CHECK(errors.str().empty());
    return out.str();
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    REQUIRE(file.is_open());
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The first line in which two texts differ; empty if they are the same.
std::string difference(const std::string& expected, const std::string& found) {
    std::istringstream a(expected);
    std::istringstream b(found);
    for (int number = 1; a || b; ++number) {
        std::string expected_line;
        std::string found_line;
        std::getline(a, expected_line);
        std::getline(b, found_line);
        if (expected_line != found_line || a.fail() != b.fail())
            return "line " + std::to_string(number) + "\nexpected: " + expected_line +
                   "\nfound:    " + found_line + "\nin:\n" + found;
    }
    return {};
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        longest = std::max(longest, line.size());
    return longest;
}

} // namespace

TEST_CASE("the report on every mistake is the one that was read and approved") {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(cases))
        names.insert(entry.path().filename());
    REQUIRE(names.size() >= 10);
    for (const std::string& name : names) {
        CAPTURE(name);
        const std::string found = report(name, report_format::text);
        CHECK(difference(text_of(cases / name / "report.txt"), found) == "");
        CHECK(longest_line(found) <= widest_report);
    }
}

TEST_CASE("a report for editors has a line for each finding") {
    const std::string name = "few_connections_and_hasty_reload";
    CHECK(difference(text_of(cases / name / "report.line.txt"),
                     report(name, report_format::line)) == "");
}

TEST_CASE("a report for machines has every finding and the chain of proxies") {
    const std::string name = "one_short_location";
    CHECK(difference(text_of(cases / name / "report.json"), report(name, report_format::json)) ==
          "");
}
