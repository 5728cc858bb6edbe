#include "alignment/haproxy/lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pulsegate;

namespace {

/// The words of a line, each between bars; a word with a variable is marked with a `$`.
std::string words_of(std::string line) {
    const auto words = split_haproxy_line(make_source("haproxy.cfg", std::move(line)), 0);
    REQUIRE(words.has_value());
    std::string out;
    for (const haproxy_word& each : *words)
        out += '|' + std::string(each.has_variable ? "$" : "") + each.text;
    return out;
}

haproxy_word_error error_of(std::string line) {
    const auto words = split_haproxy_line(make_source("haproxy.cfg", std::move(line)), 0);
    REQUIRE_FALSE(words.has_value());
    return words.error();
}

} // namespace

TEST_CASE("blanks separate words, and a # ends the line wherever it stands") {
    CHECK(words_of("") == "");
    CHECK(words_of(" \t\r") == "");
    CHECK(words_of("# comment") == "");
    CHECK(words_of("  server\ta  b ") == "|server|a|b");
    CHECK(words_of("a#b c") == "|a");
}

TEST_CASE("quotes and backslashes keep a character from being a separator") {
    CHECK(words_of(R"(a\ b \# \\ \' \" \$)") == R"(|a b|#|\|'|"|$)");
    CHECK(words_of(R"("a b" 'c # d' "it's" 'say "x"')") == R"(|a b|c # d|it's|say "x")");
    CHECK(words_of(R"("a"'b'c)") == "|abc");
    CHECK(words_of(R"("")") == "|");
    CHECK(words_of(R"('\n' "\"" \x41\x62)") == R"(|\n|"|Ab)");
    CHECK(words_of(R"(a\tb a\qb end\)") == "|a\tb|a\\qb|end\\");
}

TEST_CASE("only double quotes make a dollar a variable") {
    CHECK(words_of(R"($A '$A' "\$A")") == "|$A|$A|$A");
    CHECK(words_of(R"("$A" "x${B-y z}w" b)") == "|$A|$xw|b"); // the first is `A` with a mark
}

TEST_CASE("a word knows where it stands, quotes included") {
    const source file = make_source("haproxy.cfg", "global\n  a \"b c\" d\n");
    const auto words = split_haproxy_line(file, 7);
    REQUIRE(words.has_value());
    REQUIRE(words->size() == 3);
    CHECK((*words)[1].where.text() == "\"b c\"");
    CHECK((*words)[1].where.start().line == 2);
    CHECK((*words)[1].where.start().column == 5);
    CHECK((*words)[2].where.text() == "d");
}

TEST_CASE("a line that cannot be cut into words says where and why") {
    CHECK(error_of("a 'b").message == "this quote is not closed");
    CHECK(error_of("a 'b").where.text() == "'b");
    CHECK(error_of("a \"b ' c").where.text() == "\"b ' c");
    CHECK(error_of("a \"b\\\"").where.text() == "\"b\\\"");
    CHECK(error_of("a \"${B\"").message == "this `{` is not closed");
    CHECK(error_of("a \"${B\"").where.text() == "${");
    CHECK(error_of("\\x4").where.text() == "\\x");
    CHECK(error_of("\\x").where.text() == "\\x");
    CHECK(error_of("\\xzz").message == "`\\x` without two hexadecimal digits");
}
