// What the admin listener answers to requests, good and bad.
#include "support/raw_http_client.hpp"
#include "support/running_admin.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

const std::string not_found =
    R"({"error":"there is nothing at this path","help":"there are /metrics /healthz /readyz / )"
    R"(/things /things/{id} /stop /wait /events"})"
    "\n";

std::string request(std::string_view method, std::string_view path) {
    return std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

} // namespace

TEST_CASE(
    "GET gets the handler's status, type and body, marked as not to be cached or guessed at") {
    running_admin admin;
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/metrics")));
    const raw_response found = client.read_response();
    CHECK(found.status == 200);
    CHECK(found.body == "metric 1\n");
    CHECK(found.fields.at("content-type") == "text/plain");
    CHECK(found.fields.at("cache-control") == "no-store");
    CHECK(found.fields.at("x-content-type-options") == "nosniff");

    REQUIRE(client.send(get_request("/readyz?verbose=1")));
    CHECK(client.read_response().status == 503);
}

TEST_CASE("HEAD gets the same header without the body") {
    running_admin admin;
    raw_http_client client(admin.port());
    REQUIRE(client.send(request("HEAD", "/metrics") + get_request("/metrics")));
    const raw_response head = client.read_response(/*has_body=*/false);
    const raw_response full = client.read_response();
    CHECK(head.status == 200);
    CHECK(head.fields == full.fields);
    CHECK(head.fields.at("content-length") == "9");
    CHECK(full.body == "metric 1\n");
}

TEST_CASE("other methods get 405 with the methods that are allowed") {
    running_admin admin;
    raw_http_client client(admin.port());
    for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
        CAPTURE(method);
        REQUIRE(client.send(request(method, "/metrics")));
        const raw_response refused = client.read_response();
        CHECK(refused.status == 405);
        CHECK(refused.fields.at("allow") == "GET, HEAD");
    }
}

TEST_CASE("other paths get 404 with the paths that exist") {
    running_admin admin;
    raw_http_client client(admin.port());
    for (const std::string path : {"/metric", "/metrics/", "/../metrics", "//metrics", "//",
                                   "/a%20b", "/things/", "/things/a/b", "/Metrics"}) {
        CAPTURE(path);
        REQUIRE(client.send(get_request(path)));
        const raw_response refused = client.read_response();
        CHECK(refused.status == 404);
        CHECK(refused.body == not_found);
    }
}

TEST_CASE("a connection serves many requests, also pipelined, and in order") {
    running_admin admin;
    raw_http_client client(admin.port());
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += get_request("/metrics") + get_request("/nowhere");
    REQUIRE(client.send(all));
    for (int i = 0; i < 100; ++i) {
        CAPTURE(i);
        CHECK(client.read_response().status == 200);
        CHECK(client.read_response().status == 404);
    }
    CHECK(client.hears_nothing_for(milliseconds(20)));
}

TEST_CASE("a client that asks for it, or speaks HTTP/1.0, is closed after its answer") {
    running_admin admin;
    for (const std::string header :
         {"GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /metrics HTTP/1.0\r\n\r\n"}) {
        raw_http_client client(admin.port());
        REQUIRE(client.send(header));
        CHECK(client.read_response().status == 200);
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE("a client that ends its sending direction still gets its answer") {
    running_admin admin;
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/metrics")));
    client.finish_sending();
    CHECK(client.read_response().status == 200);
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("a malformed request gets 400 and the end of the connection") {
    running_admin admin;
    const std::string rows[] = {
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 this is TLS, not HTTP\r\n\r\n",
        "\r\r\r\r\n\n\n\n\r\n\r\n",
        std::string(3000, '\0'),
        "GET /metrics\r\n\r\n",
        "GET /metrics HTTP/9.9\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nno colon here\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: minus one\r\n\r\n",
        "GET /me\x01trics HTTP/1.1\r\n\r\n",
    };
    for (const std::string& garbage : rows) {
        CAPTURE(garbage);
        raw_http_client client(admin.port());
        REQUIRE(client.send(garbage));
        const raw_response refused = client.read_response();
        CHECK(refused.status == 400);
        CHECK(refused.fields.at("connection") == "close");
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE("a request with a body gets 413") {
    running_admin admin;
    for (const std::string body : {"Content-Length: 5\r\n\r\nhello",
                                   "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
        raw_http_client client(admin.port());
        REQUIRE(client.send("GET /metrics HTTP/1.1\r\n" + body));
        CHECK(client.read_response().status == 413);
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE(
    "headers above 8 KiB get 431, and a megabyte of them does not cost the client the answer") {
    running_admin admin({.linger = milliseconds(20'000)});
    for (const std::size_t size : {9'000, 64'000, 1'000'000}) {
        CAPTURE(size);
        raw_http_client client(admin.port());
        client.send("GET /metrics HTTP/1.1\r\nX-Filler: " + std::string(size, 'x') + "\r\n\r\n");
        CHECK(client.read_response().status == 431);
        CHECK(client.is_ended_in_order()); // a reset may overtake the answer on its way
    }
    raw_http_client client(admin.port());
    REQUIRE(
        client.send("GET /metrics HTTP/1.1\r\nX-Filler: " + std::string(8'000, 'x') + "\r\n\r\n"));
    CHECK(client.read_response().status == 200);
}

TEST_CASE("200 requests over connections of their own are all answered") {
    running_admin admin;
    for (int i = 0; i < 200; ++i) {
        CAPTURE(i);
        raw_http_client client(admin.port());
        REQUIRE(client.send(get_request("/metrics")));
        CHECK(client.read_response().status == 200);
    }
}
