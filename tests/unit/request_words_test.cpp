#include "session/request_words.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pulsegate;

TEST_CASE("of a request the path and the user agent are kept, without the query") {
    const request_words words("/chat/room%201?token=secret", "Mozilla/5.0 (X11)");
    CHECK(words.path() == "/chat/room%201");
    CHECK(words.user_agent() == "Mozilla/5.0 (X11)");
}

TEST_CASE("what was not said is empty") {
    CHECK(request_words().path().empty());
    CHECK(request_words().user_agent().empty());
    CHECK(request_words("?x", "").path().empty());
    CHECK(request_words("/", "").user_agent().empty());
    CHECK(request_words("", "x").user_agent() == "x");
}

TEST_CASE("long words lose their ends") {
    const request_words words('/' + std::string(1000, 'p'), std::string(1000, 'a'));
    CHECK(words.path() == '/' + std::string(request_words::most_path_bytes - 1, 'p'));
    CHECK(words.user_agent() == std::string(request_words::most_user_agent_bytes, 'a'));
}

TEST_CASE("words move and outlive the text that they were made of") {
    request_words kept;
    {
        const std::string target = "/from a buffer";
        request_words made(target, "agent\xFF");
        kept = std::move(made);
    }
    CHECK(kept.path() == "/from a buffer");
    CHECK(kept.user_agent() == "agent\xFF");
}
