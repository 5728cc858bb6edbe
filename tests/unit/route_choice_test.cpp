// Which route a target takes, and what its application gets.
#include "http/route_choice.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

route to_app(const char* path, const char* app_path = "") {
    route made;
    made.path = path;
    made.to = websocket_upstream{{"127.0.0.1", 8000}, app_path, false};
    return made;
}

route guarded(const char* path) {
    route made = to_app(path);
    made.origins.push_back(*origin_rule::parse("https://app.example"));
    made.heartbeat.interval = 10s;
    return made;
}

/// The path of the chosen route, or the status of the refusal.
std::string chosen(std::string_view target, const std::vector<route>& routes) {
    const auto choice = choose_route(target, routes);
    if (const auto* const why = std::get_if<refusal>(&choice))
        return std::to_string(row_of(why->why).status);
    return routes[std::get<std::size_t>(choice)].path;
}

TEST_CASE("no spelling of a path evades the rules of its route") {
    const std::vector<route> routes{to_app("/"), guarded("/edit")};
    const struct {
        const char* target;
        const char* route;
    } rows[] = {
        {"/", "/"},
        {"/edit", "/edit"},
        {"/edit?x#", "/edit"}, // refused before, for its fragment
        {"/edit/7?a=%2f..;", "/edit"},
        {"/editor", "/"},
        {"/EDIT", "/"},
        {"/%65dit", "/edit"},
        {"/%65%64%69%74", "/edit"},
        {"//edit", "/edit"},
        {"/edit//", "/edit"},
        {"/x/../edit", "/edit"},
        {"/./edit", "/edit"},
        {"/../edit", "/edit"},
        {"/edit/../edit/7", "/edit"},
        {"/edit/../x", "400"},
        {"/edit/..", "400"},
        {"/edit;x", "400"},
        {"/edit;x/7", "400"},
        {"/;/edit", "400"},
        {"/edit%3bx", "400"},
        {"/edit%2f", "400"},
        {"/edit%2f7", "400"},
        {"/%2fedit", "400"},
        {"/edit%5c7", "400"},
        {"/edit\\7", "400"},
        {"/edit%3f7", "400"},
        {"/edit%237", "400"},
        {"/%2565dit", "400"},
        {"/edit%00", "400"},
        {"/edit%0a", "400"},
        {"/edit%", "400"},
        {"/%2e/edit", "400"},
        {"/x/%2e%2e/edit", "400"},
        {"/x/..%2fedit", "400"},
        {"/x/..;/edit", "400"},
        {"/%c0%afedit", "400"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.target);
        CHECK(chosen(row.target, routes) == row.route);
    }
}

TEST_CASE("nor does it evade those of the route around it") {
    const std::vector<route> routes{guarded("/"), to_app("/public")};
    for (const char* target : {"/public", "/%70ublic", "/public/7;v=1", "/public/a%2fb"})
        CHECK(chosen(target, routes) == "/public");
    for (const char* target : {"//public", "/x/../public", "/public/../x", "/public%2f..%2fx",
                               "/public/..;/x", "/public/%2e%2e/x"}) {
        CAPTURE(target);
        CHECK(chosen(target, routes) == "400");
    }
}

TEST_CASE("a path that clients do send is served whatever it holds") {
    const std::vector<route> routes{to_app("/"), guarded("/edit")};
    for (const char* target :
         {"/my%20room", "/caf%C3%A9", "/caf%c3%a9", "/caf\xC3\xA9", "/caf%E9", "/room;v=1",
          "/a%2Fb", "/100%25", "/a+b", "/@user:host", "/.well-known/x", "/x?next=%2Fedit",
          "/x?a=../edit;b\\c", "/what%3F", "/c%23", "/a//b", "/a/./b", "/%F0%9F%98%80"}) {
        CAPTURE(target);
        CHECK(chosen(target, routes) == "/");
    }
    CHECK(chosen("/edit/a%2Fb;c", routes) == "/edit");
}

TEST_CASE("a path that is served by no route is served by none in another spelling") {
    const std::vector<route> routes{to_app("/chat")};
    CHECK(chosen("//chat", routes) == "/chat");
    for (const char* target : {"/", "/news", "/chat/../news", "/chat%2f7", "/chatter", "/CHAT"}) {
        CAPTURE(target);
        CHECK(chosen(target, routes) == "404");
    }
    CHECK(chosen("/news/../chat", routes) == "400"); // an application may serve /news
}

TEST_CASE("the path of a route may be encoded") {
    const std::vector<route> routes{to_app("/my%20room"), to_app("/caf%c3%a9")};
    CHECK(chosen("/my%20room/7", routes) == "/my%20room");
    CHECK(chosen("/caf%C3%A9", routes) == "/caf%c3%a9");
    CHECK(chosen("/caf\xC3\xA9", routes) == "/caf%c3%a9");
}

TEST_CASE("the longest path that fits wins") {
    const std::vector<route> routes{to_app("/chat"), to_app("/"), to_app("/chat/room")};
    CHECK(chosen("/chat/room/5", routes) == "/chat/room");
    CHECK(chosen("/chat/rooms", routes) == "/chat");
    CHECK(chosen("/chatter", routes) == "/");
}

TEST_CASE("an application gets the original, or its own path in front of what is left") {
    const struct {
        const char* target;
        const char* route;
        const char* app;
        const char* seen;
    } rows[] = {
        {"//chat/%37?a=//b", "/chat", "", "//chat/%37?a=//b"},
        {"/chat", "/chat", "/app", "/app"},
        {"/chat/", "/chat", "/app", "/app/"},
        {"/chat?a=1", "/chat", "/app", "/app?a=1"},
        {"/chat/7?a=1", "/chat", "/app", "/app/7?a=1"},
        {"/chat/7", "/chat", "/app/", "/app/7"},
        {"/", "/", "/app", "/app"},
        {"/7", "/", "/app", "/app/7"},
        {"/7", "/", "/", "/7"},
        {"/%63hat/%37", "/chat", "/app", "/app/7"},
        {"//chat//7", "/chat", "/app", "/app/7"},
        {"/chat/a/../7", "/chat", "/app", "/app/7"},
        {"/../7", "/", "/app", "/app/7"},
        {"/../../x/../7", "/", "/app/", "/app/7"},
        {"/chat/a%2fb%20c", "/chat", "/app", "/app/a%2Fb%20c"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.target);
        CHECK(target_for_app(row.target, to_app(row.route, row.app)) == row.seen);
    }
}

TEST_CASE("no target leaves the path of the upstream") {
    for (const std::vector<route>& routes : {std::vector{to_app("/pub", "/public")},
                                             std::vector{to_app("/"), to_app("/pub", "/public")}}) {
        for (const char* target :
             {"/pub/../internal", "/pub/%2e%2e/internal", "/pub/..%2finternal", "/pub/..\\internal",
              "/pub/..;/internal", "/pub/%252e%252e/internal", "/pub%2f../x",
              "/pub/x/../../internal", "//pub/../internal"}) {
            CAPTURE(target);
            CHECK(chosen(target, routes) != "/pub");
            CHECK((chosen(target, routes) == "400" || chosen(target, routes) == "404"));
        }
    }
}

} // namespace
} // namespace pulsegate
