#include "alignment/codes.hpp"
#include "alignment/nginx/lexer.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;

namespace {

using kinds = nginx_statement::kinds;

/// The words of the first statement, each in brackets, then `;`, `{`, `}`, `.` for the end of the
/// file or `!` for a broken one.
std::string first_statement(std::string_view text) {
    nginx_lexer lexer(make_source("nginx.conf", std::string(text)));
    const nginx_statement statement = lexer.next();
    std::string shown;
    for (const nginx_word& word : statement.words)
        shown += '[' + word.text + ']';
    return shown + ";{}.!"[static_cast<std::size_t>(statement.kind)];
}

struct broken_text {
    std::string message;
    std::size_t line;
    std::size_t column;
};

broken_text problem_of(std::string text) {
    nginx_lexer lexer(make_source("nginx.conf", std::move(text)));
    while (lexer.next().kind != kinds::broken)
        REQUIRE(!lexer.problem());
    REQUIRE(lexer.problem());
    CHECK(lexer.problem()->id == hop_code::nginx_syntax);
    CHECK_FALSE(lexer.problem()->help.empty());
    const position at = lexer.problem()->primary.where.start();
    return {lexer.problem()->message, at.line, at.column};
}

} // namespace

TEST_CASE("a statement splits into the words that Nginx sees") {
    struct row {
        std::string_view text;
        std::string_view words;
    };
    constexpr std::array<row, 25> rows{{
        {"a;", "[a];"},
        {"  a\tb\r\n c ;", "[a][b][c];"},
        {"a{", "[a]{"},
        {"a {", "[a]{"},
        {"}", "}"},
        {"", "."},
        {" # only a comment", "."},
        {"# c\na; # d", "[a];"},
        {"a b#c;", "[a][b#c];"},
        {"a #b;\nc;", "[a][c];"},
        {"a 'b c';", "[a][b c];"},
        {"a \"b;{}#\";", "[a][b;{}#];"},
        {"a \"\";", "[a][];"},
        {"a b'c'd;", "[a][b'c'd];"},
        {"a \"it's\" 'a \"b\"';", "[a][it's][a \"b\"];"},
        {R"(a "b\"c" 'd\'e' f\\g;)", R"([a][b"c][d'e][f\g];)"},
        {R"(a b\tc\rd\ne;)", "[a][b\tc\rd\ne];"},
        {R"(a \.php\d \;x;)", R"([a][\.php\d][\;x];)"},
        {R"(a b\ c;)", R"([a][b\ c];)"},
        {"a ${b}c;", "[a][${b}c];"},
        {"a b${c}{", "[a][b${c}]{"},
        {"a $b{", "[a][$b]{"},
        {"a ^/(.+)}$;", "[a][^/(.+)}$];"},
        {"if ($a = \"b\") {", "[if][($a][=][b][)]{"},
        {"a 'b'{", "[a][b]{"},
    }};
    for (const row& each : rows) {
        CAPTURE(each.text);
        CHECK(first_statement(each.text) == each.words);
    }
}

TEST_CASE("a word knows its place with its quotes") {
    nginx_lexer lexer(make_source("nginx.conf", "ab\n  'c d' ;"));
    const nginx_statement statement = lexer.next();
    REQUIRE(statement.words.size() == 2);
    CHECK(statement.words[0].offset == 0);
    CHECK(statement.words[0].length == 2);
    CHECK(statement.words[1].offset == 5);
    CHECK(statement.words[1].length == 5);
    CHECK(statement.end == 12);
}

TEST_CASE("what Nginx cannot read is reported where it stands") {
    struct row {
        const char* text;
        std::string_view message;
        std::size_t line;
        std::size_t column;
    };
    const std::array<row, 8> rows{{
        {"a;\nb \"c;\nd;", "the quote that starts here does not end", 2, 3},
        {"a 'b'c;", "a word goes on behind its closing quote", 1, 6},
        {"a;;", "`;` without a directive before it", 1, 3},
        {"\n{", "`{` without a directive before it", 2, 1},
        {"a b }", "no `;` ends the directive `a`", 1, 1},
        {"x;\n a b", "no `;` ends the directive `a`", 2, 2},
        {"a \\", "no `;` ends the directive `a`", 1, 1},
        {"a '\\", "the quote that starts here does not end", 1, 3},
    }};
    for (const row& each : rows) {
        CAPTURE(each.text);
        const broken_text problem = problem_of(each.text);
        CHECK(problem.message == each.message);
        CHECK(problem.line == each.line);
        CHECK(problem.column == each.column);
    }
}

TEST_CASE("a problem with a word of several lines is marked in its first line only") {
    nginx_lexer lexer(make_source("nginx.conf", "'a\nb' c"));
    CHECK(lexer.next().kind == kinds::broken);
    REQUIRE(lexer.problem());
    CHECK(lexer.problem()->primary.where.text() == "'a");
}

TEST_CASE("the end of a Lua block is found by Lua's rules") {
    struct row {
        std::string_view text;
        std::size_t rest; // bytes behind the block
    };
    constexpr std::array<row, 12> rows{{
        {"} x", 2},
        {"{ } } x", 2},
        {"'}' } x", 2},
        {"\"\\\"}\" } x", 2},
        {"[[ } ]] } x", 2},
        {"[==[ ]] } ]=] ]==] } x", 2},
        {"-- }\n } x", 2},
        {"--[[ }\n } ]] } x", 2},
        {"--[ }\n } x", 2},
        {"a[1] = b - c } x", 2},
        {"t[ 'a' ] = [=[ ' ]=] } x", 2},
        {"'unclosed }\n } x", 2},
    }};
    for (const row& each : rows) {
        CAPTURE(each.text);
        const auto end = end_of_lua(each.text, 0);
        REQUIRE(end.has_value());
        CHECK(each.text.size() - *end == each.rest);
    }
    for (const std::string_view text : {"", "{ }", "'}", "[[ } ", "-- }", "--[[ }"}) {
        CAPTURE(text);
        CHECK_FALSE(end_of_lua(text, 0).has_value());
    }
}
