// Paths as different servers read them.
#include "base/uri_path.hpp"

#include <doctest/doctest.h>

#include <string>

namespace pulsegate {
namespace {

TEST_CASE("what makes no difference to a path is taken out of it") {
    const struct {
        const char* path;
        const char* normal;
        const char* compared;
    } rows[] = {
        {"/", "/", "/"},
        {"/edit", "/edit", "/edit"},
        {"/%65dit", "/edit", "/edit"},
        {"/%7Euser", "/~user", "/~user"},
        {"//edit", "/edit", "/edit"},
        {"/edit//7///", "/edit/7/", "/edit/7/"},
        {"/x/../edit", "/edit", "/edit"},
        {"/./edit/.", "/edit/", "/edit/"},
        {"/edit/..", "/", "/"},
        {"/../../edit", "/edit", "/edit"},
        {"/a/b/../../c", "/c", "/c"},
        {"/.well-known/x", "/.well-known/x", "/.well-known/x"},
        {"/...", "/...", "/..."},
        {"/a.b/..c", "/a.b/..c", "/a.b/..c"},
        {"/caf%c3%a9", "/caf%C3%A9", "/caf\xC3\xA9"},
        {"/caf\xC3\xA9", "/caf%C3%A9", "/caf\xC3\xA9"},
        {"/my%20room", "/my%20room", "/my room"},
        {"/a%2fb", "/a%2Fb", "/a%2Fb"},
        {"/100%25", "/100%25", "/100%25"},
        {"/a;v=1", "/a;v=1", "/a;v=1"},
        {"/a+b&c=d:@!$'()*,", "/a+b&c=d:@!$'()*,", "/a+b&c=d:@!$'()*,"},
        {"/\"<>|", "/%22%3C%3E%7C", "/\"<>|"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.path);
        const auto read = read_path(row.path);
        REQUIRE(read.has_value());
        CHECK(read->normal == row.normal);
        CHECK(read->compared == row.compared);
    }
}

TEST_CASE("the loosest reading decodes everything, however often it was encoded") {
    const struct {
        const char* path;
        const char* loosest;
    } rows[] = {
        {"/edit%2fx", "/edit/x"},   {"/edit%2Fx", "/edit/x"},   {"/%2fedit", "/edit"},
        {"/edit%5cx", "/edit/x"},   {"/edit\\x", "/edit/x"},    {"/edit;x", "/edit"},
        {"/edit;a/7;b", "/edit/7"}, {"/;x/edit", "/edit"},      {"/edit%3bx", "/edit"},
        {"/edit%3Fx", "/edit"},     {"/edit%23x", "/edit"},     {"/%2565dit", "/edit"},
        {"/%252565dit", "/edit"},   {"/%25%36%35dit", "/edit"}, {"/edit%252fx", "/edit/x"},
        {"/100%25", "/100%"},       {"/edit%20", "/edit "},
    };
    for (const auto& row : rows) {
        CAPTURE(row.path);
        const auto read = read_path(row.path);
        REQUIRE(read.has_value());
        CHECK(read->loosest == row.loosest);
    }
}

TEST_CASE("dot segments are kept for who does not know them, and so are empty ones") {
    CHECK(read_path("/edit/../x")->with_dots == "/edit/../x");
    CHECK(read_path("/edit/../x")->compared == "/x");
    CHECK(read_path("//edit/%65")->with_gaps == "//edit/e");
    CHECK(read_path("//edit")->with_dots == "/edit");
}

TEST_CASE("what no client sends that means well is no path") {
    for (const char* path : {"/%",
                             "/%6",
                             "/%zz",
                             "/100%/x",
                             "/%u0065dit",
                             "/edit%00",
                             "/edit%0a",
                             "/edit%0D%0Ax",
                             "/edit%7f",
                             "/edit%2500",
                             "/%c0%afedit",
                             "/%c1%a5dit",
                             "/%e0%80%af",
                             "/%f0%80%80%af",
                             "/%2e%2e/edit",
                             "/x/%2e%2e/edit",
                             "/x/.%2E/edit",
                             "/x/%2e/edit",
                             "/x/%252e%252e/edit",
                             "/x/..%2fedit",
                             "/x%2f..%2fedit",
                             "/x/..\\edit",
                             "/x/..;/edit",
                             "/x/..;v=1/edit",
                             "/x;v/../edit",
                             "/x//../edit",
                             "/x/%2f../edit"}) {
        CAPTURE(path);
        const auto read = read_path(path);
        CHECK_FALSE(read.has_value());
        CHECK((read.has_value() || !read.error().message.empty()));
    }
}

TEST_CASE("a path is plain if nobody reads it in another way") {
    for (const char* path : {"/", "/chat", "/chat/7/", "/a.b-c_d~e", "/a:b@c", "/a+b,c=d"}) {
        CAPTURE(path);
        CHECK(is_plain_path(path));
        const auto read = read_path(path);
        REQUIRE(read.has_value());
        for (const std::string* each :
             {&read->normal, &read->compared, &read->with_dots, &read->with_gaps, &read->loosest})
            CHECK(*each == path);
    }
    for (const char* path :
         {"//", "/a//b", "/.", "/a/../b", "/%61", "/a;b", "/a\\b", "/\xC3\xA9"}) {
        CAPTURE(path);
        CHECK_FALSE(is_plain_path(path));
    }
}

TEST_CASE("a long path takes no longer than its length") {
    std::string nested = "/%";
    for (int i = 0; i < 500'000; ++i)
        nested += "25";
    CHECK(read_path(nested + "2fx")->loosest == "/x");
    std::string dots;
    for (int i = 0; i < 300'000; ++i)
        dots += "/a/..";
    CHECK(read_path(dots)->normal == "/"); // quadratic time would take minutes
}

TEST_CASE("segments are counted and left out") {
    CHECK(count_segments("/") == 0);
    CHECK(count_segments("/a") == 1);
    CHECK(count_segments("/a/b/") == 2);
    CHECK(without_segments("/a/b/c", 1) == "/b/c");
    CHECK(without_segments("/a/b/c", 3) == "");
    CHECK(without_segments("/a/", 1) == "/");
    CHECK(without_segments("/", 0) == "/");
}

} // namespace
} // namespace pulsegate
