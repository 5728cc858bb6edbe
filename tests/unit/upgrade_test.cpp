#include "http/upgrade.hpp"

#include <doctest/doctest.h>

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

} // namespace
} // namespace pulsegate
