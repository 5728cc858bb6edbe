// Who may ask the admin listener what.
#include "admin/admin_rules.hpp"

#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

using enum admin_access;
using enum admin_method;

constexpr std::string_view token = "0123456789abcdef";
const admin_handler no_answer = [](const admin_request&, const admin_reply&) {};
const std::vector<admin_endpoint> table{
    {get, "/metrics", open, no_answer},
    {get, "/", page, no_answer},
    {get, "/things", read, no_answer, {"colour", "size"}},
    {delete_, "/things", change, no_answer, {"colour"}},
    {get, "/things/{id}", read, no_answer},
    {post, "/stop", change, no_answer},
};

/// A sound request, but for what a test changes.
admin_question asking(std::string_view method, std::string_view target) {
    return {method, target, "localhost:9464", ""};
}

struct verdict {
    unsigned status; // 0: it may be answered
    admin_answer refused;
    admin_request request;
};

verdict judged(const admin_question& asked, const admin_guard& guard) {
    auto found = judge(asked, table, guard);
    if (auto* const refused = std::get_if<admin_answer>(&found))
        return {refused->status, std::move(*refused), {}};
    return {0, {}, std::get<admin_match>(std::move(found)).request};
}

unsigned status_for(const admin_question& asked, const admin_guard& guard) {
    return judged(asked, guard).status;
}

const admin_guard on_loopback{true, std::string(token)};
const admin_guard without_token{true, ""};
const admin_guard in_public{false, std::string(token)};

} // namespace

TEST_CASE("reading is open on loopback and takes the token elsewhere; changing takes it always") {
    struct {
        std::string_view method, target;
        unsigned loopback, tokenless, elsewhere;
    } const rows[] = {
        {"GET", "/metrics", 0, 0, 0},
        {"HEAD", "/metrics", 0, 0, 0},
        {"GET", "/", 0, 0, 0},
        {"GET", "/things", 0, 0, 401},
        {"HEAD", "/things", 0, 0, 401},
        {"GET", "/things/7", 0, 0, 401},
        {"DELETE", "/things", 401, 403, 401},
        {"POST", "/stop", 401, 403, 401},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.target);
        CHECK(status_for(asking(row.method, row.target), on_loopback) == row.loopback);
        CHECK(status_for(asking(row.method, row.target), without_token) == row.tokenless);
        CHECK(status_for(asking(row.method, row.target), in_public) == row.elsewhere);
        admin_question with_token = asking(row.method, row.target);
        const std::string header = "Bearer " + std::string(token);
        with_token.authorization = header;
        CHECK(status_for(with_token, on_loopback) == 0);
        CHECK(status_for(with_token, in_public) == 0);
        CHECK(status_for(with_token, without_token) == row.tokenless);
    }
}

TEST_CASE("only the whole token opens, and the scheme may be written as one likes") {
    struct {
        std::string header;
        unsigned status;
    } const rows[] = {
        {"Bearer 0123456789abcdef", 0},
        {"bearer 0123456789abcdef", 0},
        {"BEARER 0123456789abcdef", 0},
        {"", 401},
        {"Bearer", 401},
        {"Bearer ", 401},
        {"0123456789abcdef", 401},
        {"Bearer 0123456789abcde", 401},
        {"Bearer 0123456789abcdeg", 401},
        {"Bearer 1123456789abcdef", 401},
        {"Bearer 0123456789abcdef0", 401},
        {"Bearer  0123456789abcdef", 401},
        {"Basic 0123456789abcdef", 401},
        {"Bearer 0123456789ABCDEF", 401},
    };
    for (const auto& row : rows) {
        CAPTURE(row.header);
        admin_question asked = asking("POST", "/stop");
        asked.authorization = row.header;
        CHECK(status_for(asked, on_loopback) == row.status);
    }
}

TEST_CASE("a request without the token is told which scheme to use") {
    const admin_answer refused = judged(asking("POST", "/stop"), on_loopback).refused;
    REQUIRE(refused.headers.size() == 1);
    CHECK(refused.headers[0].first == "WWW-Authenticate");
    CHECK(refused.headers[0].second == "Bearer realm=\"pulsegate\"");
    CHECK(judged(asking("POST", "/stop"), without_token).refused.body.find("admin.token_file") !=
          std::string::npos);
}

TEST_CASE("on loopback a name that somebody else may have pointed here opens nothing but health") {
    struct {
        std::string_view host;
        bool is_own;
    } const rows[] = {
        {"localhost", true},
        {"localhost:9464", true},
        {"LOCALHOST:1", true},
        {"127.0.0.1:9464", true},
        {"127.0.0.1", true},
        {"[::1]:9464", true},
        {"[::1]", true},
        {"192.0.2.7:80", true},
        {"", false},
        {"evil.example", false},
        {"evil.example:9464", false},
        {"localhost.evil.example", false},
        {"127.0.0.1.evil.example", false},
        {"[::1", false},
        {"::1", false},
        {"[evil.example]", false},
        {":9464", false},
        {"localhost:1:evil", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.host);
        for (const std::string_view target : {"/", "/things", "/things/7"}) {
            admin_question asked = asking("GET", target);
            asked.host = row.host;
            CHECK(status_for(asked, on_loopback) == (row.is_own ? 0 : 403));
        }
        admin_question asked = asking("GET", "/metrics");
        asked.host = row.host;
        CHECK(status_for(asked, on_loopback) == 0);
        asked.target = "/";
        CHECK(status_for(asked, in_public) == 0); // where the token protects
    }
}

TEST_CASE("parameters are decoded as forms encode them, and unknown or repeated ones refused") {
    const verdict found =
        judged(asking("GET", "/things?colour=deep+blue%2B%26%3D&size="), on_loopback);
    REQUIRE(found.status == 0);
    REQUIRE(found.request.find("colour") != nullptr);
    CHECK(*found.request.find("colour") == "deep blue+&=");
    REQUIRE(found.request.find("size") != nullptr);
    CHECK(found.request.find("size")->empty());
    CHECK(found.request.find("shape") == nullptr);

    struct {
        std::string_view target;
        std::string_view told;
    } const rows[] = {
        {"/things?shape=round", "there is no parameter `shape`"},
        {"/things?colour=1&colour=2", "the parameter `colour` is given twice"},
        {"/things?", "there is no parameter ``"},
        {"/things?=1", "there is no parameter ``"},
        {"/things/7?colour=1", "there is no parameter `colour`"},
        {"/things?%00=1", "there is no parameter `␀`"},
        {"/things?%FF=1", "there is no parameter `�`"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.target);
        const verdict refused = judged(asking("GET", row.target), on_loopback);
        CHECK(refused.status == 400);
        CHECK(refused.refused.body.find(row.told) != std::string::npos);
    }
    CHECK(status_for(asking("GET", "/metrics?whatever=1"), on_loopback) == 0);
    CHECK(status_for(asking("GET", "/?v=2"), on_loopback) == 0);
}

TEST_CASE("an argument is exactly one segment of the path, decoded") {
    CHECK(judged(asking("GET", "/things/a%20b"), on_loopback).request.argument == "a b");
    CHECK(judged(asking("GET", "/%74hings/7"), on_loopback).request.argument == "7");
    for (const std::string_view target :
         {"/things/", "/things/a/b", "/things/a%2Fb", "/thing", "//things", "/things//", "/Things"})
        CHECK(status_for(asking("GET", target), on_loopback) == 404);
}

TEST_CASE("a target that is no path is malformed") {
    for (const std::string_view target : {"", "*", "things", "http://localhost/things", "/%zz",
                                          "/%2", "/a b", "/things?a=%", "/\xFF"}) {
        CAPTURE(target);
        CHECK(status_for(asking("GET", target), on_loopback) == 400);
    }
}

TEST_CASE("a wrong method is told which are right") {
    struct {
        std::string_view method, target, allow;
    } const rows[] = {
        {"POST", "/things", "GET, HEAD, DELETE"},
        {"PUT", "/things/7", "GET, HEAD"},
        {"GET", "/stop", "POST"},
        {"OPTIONS", "/metrics", "GET, HEAD"},
        {"get", "/things", "GET, HEAD, DELETE"},
        {"PATCH", "/", "GET, HEAD"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.target);
        const verdict refused = judged(asking(row.method, row.target), on_loopback);
        CHECK(refused.status == 405);
        REQUIRE(refused.refused.headers.size() == 1);
        CHECK(refused.refused.headers[0].first == "Allow");
        CHECK(refused.refused.headers[0].second == row.allow);
    }
}
