#include "alignment/deployment/unit_file.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

unit_file read(std::string text) {
    return read_unit(make_source("a.service", std::move(text)));
}

/// `Section/Key=value;` each.
std::string settings_of(const std::string& text) {
    std::string out;
    for (const unit_setting& each : read(text).settings)
        out += each.section + '/' + each.key + '=' + each.value + ';';
    return out;
}

} // namespace

TEST_CASE("assignments belong to the section above them, and keep their order") {
    CHECK(settings_of("A=0\n[Unit]\nB=1\n[Service]\nC=2\nC=3\n") ==
          "/A=0;Unit/B=1;Service/C=2;Service/C=3;");
    CHECK(settings_of("[S]\r\nA=1\r\n") == "S/A=1;");
    CHECK(settings_of("[S]\nA=1") == "S/A=1;");
    CHECK(settings_of("[S]\n  A  =  b = c  \n") == "S/A=b = c;");
    CHECK(settings_of("[S]\nA=\n") == "S/A=;");
}

TEST_CASE("lines that begin with # or ; are comments") {
    CHECK(settings_of("[S]\n#A=1\n ; A=2\nA=3 # no comment\n") == "S/A=3 # no comment;");
}

TEST_CASE("a backslash at the end of a line joins it with the next one that is no comment") {
    CHECK(settings_of("[S]\nA=1 \\\n  2\\\n# between\n3\nB=4\n") == "S/A=1  2 3;S/B=4;");
    CHECK(settings_of("[S]\nA=1\\ \nB=2\n") == "S/A=1\\;S/B=2;");
    CHECK(settings_of("[S]\nA=1\\\\\nB=2\n") == "S/A=1\\\\;S/B=2;");
    CHECK(settings_of("[S]\nA=1\\") == "S/A=1;");
    CHECK(settings_of("[S]\nA=1\\\r\n2\r\n") == "S/A=1 2;");
}

TEST_CASE("a setting's place is the first of its lines, without indentation") {
    const unit_file file = read("[S]\n  A=1 \\\n2\n");
    REQUIRE(file.settings.size() == 1);
    CHECK(file.settings[0].where.text() == "A=1 \\");
    CHECK(location(file.settings[0].where) == "a.service:2:3");
    REQUIRE(file.sections.size() == 1);
    CHECK(file.sections[0].where.text() == "[S]");
}

TEST_CASE("lines that mean nothing are kept apart") {
    const unit_file file = read("[S\nA 1\n=2\n\n[S]\n");
    REQUIRE(file.lines_without_meaning.size() == 3);
    CHECK(file.lines_without_meaning[1].text() == "A 1");
    CHECK(file.settings.empty());
}
