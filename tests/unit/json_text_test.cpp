// JSON as the program writes it.
#include "base/json_text.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>

using namespace pulsegate;

namespace {

std::string written(const char* json) {
    return to_json_text(boost::json::parse(json));
}

} // namespace

TEST_CASE("numbers are written without exponents, and read back as they were") {
    CHECK(written("[4.337, 0.001, 1e-7, 25.0, -0.5]") == "[4.337,0.001,0.0000001,25,-0.5]");
    CHECK(written("[1733040000.1234567, 18446744073709551615, -3]") ==
          "[1733040000.1234567,18446744073709551615,-3]");
    for (const double each :
         {std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(), 0.1}) {
        const std::string text = to_json_text(each);
        CHECK(text.find_first_of("eE") == std::string::npos);
        CHECK(std::strtod(text.c_str(), nullptr) == each);
    }
}

TEST_CASE("what is no number in JSON is null") {
    CHECK(to_json_text(std::numeric_limits<double>::infinity()) == "null");
    CHECK(to_json_text(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("texts are escaped, and objects keep their order") {
    CHECK(written(R"({"b\"":[],"a":{"x":"\n\u0001"},"c":[true,null,"\\"]})") ==
          R"({"b\"":[],"a":{"x":"\n\u0001"},"c":[true,null,"\\"]})");
}
