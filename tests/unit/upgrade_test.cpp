#include "http/upgrade.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace pulsegate {
namespace {

upgrade_request upgrade_naming(std::string_view names) {
    upgrade_request request{http::verb::get, "/chat", 11};
    request.set(http::field::host, "example.com");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade, " + std::string(names));
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    request.set(http::field::sec_websocket_protocol, "chat");
    request.set("X-Hop", "1");
    return request;
}

TEST_CASE("naming headers of the handshake in Connection does not take them from the application") {
    const upgrade_request request =
        upgrade_naming("host, Sec-WebSocket-Key, sec-websocket-version, Sec-WebSocket-Protocol");
    REQUIRE_FALSE(check_upgrade(request));
    const upgrade_request sent = make_app_request(request, route{});
    CHECK_FALSE(check_upgrade(sent));
    CHECK(sent[http::field::host] == "example.com");
    CHECK(sent[http::field::sec_websocket_protocol] == "chat");
}

TEST_CASE("naming headers of the handshake in Connection does not take them from the client") {
    upgrade_response answer{http::status::switching_protocols, 11};
    answer.set(http::field::upgrade, "websocket");
    answer.set(http::field::connection, "Upgrade, Sec-WebSocket-Accept");
    answer.set(http::field::sec_websocket_accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const upgrade_response relayed = make_client_response(answer);
    CHECK(relayed[http::field::sec_websocket_accept] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("other headers that Connection names stay behind") {
    const upgrade_request sent = make_app_request(upgrade_naming("X-Hop"), route{});
    CHECK(sent.count("X-Hop") == 0);
    CHECK(sent[http::field::connection] == "Upgrade");
}

TEST_CASE("a header that Connection names stays behind however it is written, and how often") {
    upgrade_request request = upgrade_naming("x-hop , ,\tX-OTHER\t,X-Hop;,,  ");
    request.insert("X-Hop", "2");
    request.set("X-Other", "3");
    request.set("X-Hop-2", "4");
    request.set("Keep-Alive", "5");
    request.insert(http::field::connection, "X-Third");
    request.set("X-Third", "6");
    const upgrade_request sent = make_app_request(request, route{});
    CHECK(sent.count("X-Hop") == 0);
    CHECK(sent.count("X-Other") == 0);
    CHECK(sent.count("X-Third") == 0);
    CHECK(sent.count("Keep-Alive") == 0);
    CHECK(sent["X-Hop-2"] == "4");
}

/// Processor time to prepare a request for the application, in seconds; the least of a few.
double time_with(const std::string& names, int headers) {
    upgrade_request request = upgrade_naming(names);
    for (int i = 0; i < headers; ++i)
        request.set("X-Header-" + std::to_string(i), "1");
    double least = 1e9;
    for (int i = 0; i < 7; ++i) {
        upgrade_request copy = request;
        timespec before{};
        timespec after{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        copy = make_app_request(std::move(copy), route{});
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        CHECK(copy.count("X-Header-1") == 1);
        least = std::min(least, static_cast<double>(after.tv_sec - before.tv_sec) +
                                    1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec));
    }
    return least;
}

TEST_CASE("a long list of names in Connection is walked once, not once for each header") {
    std::string names;
    for (int i = 0; i < 14'000; ++i)
        names += std::string(1, static_cast<char>('a' + i % 26)) + ",";
    const double few = time_with(names, 9);
    const double many = time_with(names, 90);
    CAPTURE(few);
    CAPTURE(many);
    CHECK(many < 5 * few); // a walk for each would take ten times as long
}

} // namespace
} // namespace pulsegate
