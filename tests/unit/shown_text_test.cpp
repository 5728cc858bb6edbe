#include "base/quoted.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

TEST_CASE("characters are counted, not bytes") {
    CHECK(count_characters("") == 0);
    CHECK(count_characters("edge") == 4);
    CHECK(count_characters("äußerst") == 7);
    CHECK(count_characters("\xFF\xC3") == 2); // bytes that belong to no character
}

TEST_CASE("only a text that is too long is shortened, between two characters") {
    CHECK(shortened("edge", 4) == "edge");
    CHECK(shortened("edges", 4) == "edge…");
    CHECK(shortened("äöü", 2) == "äö…");
    CHECK(shortened("", 0) == "");
}

TEST_CASE("a shortened text is printable") {
    CHECK(shortened("a\x1B[2J", 10) == "a␛[2J");
    CHECK(shortened("\xFF", 10) == "\xEF\xBF\xBD");
}
