// Answers without end: what a client reads, and when it is cut.
#include "support/raw_http_client.hpp"
#include "support/raw_socket.hpp"
#include "support/running_admin.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

raw_socket watch(const running_admin& admin, int receive_buffer_bytes = 0) {
    raw_socket client =
        raw_socket::connect(tcp_address{"127.0.0.1", admin.port()}, receive_buffer_bytes);
    client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client;
}

void wait_for_watchers(running_admin& admin, std::size_t count) {
    wait_until("so many watchers", [&] { return admin.watchers() == count; });
}

} // namespace

TEST_SUITE("admin streams") {

    TEST_CASE("events arrive in order, to everybody, and no deadline ends a quiet stream") {
        running_admin admin({.request = milliseconds(100), .answer = milliseconds(100)});
        raw_socket first = watch(admin);
        raw_socket second = watch(admin);
        for (raw_socket* each : {&first, &second}) {
            const http_head head = each->read_head();
            CHECK(head.status() == 200);
            CHECK(head.header("content-type") == "text/event-stream");
            CHECK(head.header("cache-control") == "no-store");
            CHECK(head.header("connection") == "close");
            CHECK(head.header("content-length").empty());
        }
        wait_for_watchers(admin, 2);
        CHECK_FALSE(first.is_readable(milliseconds(300))); // not even its end
        admin.send_event("one,");
        admin.send_event("two");
        CHECK(first.read_exactly(7) == "one,two");
        CHECK(second.read_exactly(7) == "one,two");
    }

    TEST_CASE("a client that has gone is forgotten, and so is one that ends what it sends") {
        running_admin admin;
        raw_socket leaving = watch(admin);
        raw_socket ending = watch(admin);
        raw_socket talking = watch(admin);
        wait_for_watchers(admin, 3);
        talking.send("whatever it says is thrown away\r\n\r\n");
        leaving.cut();
        ending.shut();
        wait_for_watchers(admin, 1);
        (void)talking.read_head();
        admin.send_event("still here");
        CHECK(talking.read_exactly(10) == "still here");
    }

    TEST_CASE("a client that does not take its events is cut, and the others do not notice") {
        running_admin admin({.backlog = 4});
        raw_socket stuck = watch(admin, 4096);
        raw_socket reading = watch(admin);
        (void)reading.read_head();
        wait_for_watchers(admin, 2);
        // More than the kernel holds for a client, each: the stuck one can be behind by five.
        const std::string event(1'000'000, 'e');
        for (int i = 0; i < 6; ++i) {
            admin.send_event(event);
            CHECK(reading.read_exactly(event.size()) == event);
        }
        wait_for_watchers(admin, 1);
        admin.send_event("go on");
        CHECK(reading.read_exactly(5) == "go on");
    }

    TEST_CASE("streams have a limit of their own, under which other requests are answered") {
        running_admin admin({.streams = 2});
        std::deque<raw_socket> held;
        for (int i = 0; i < 2; ++i) {
            held.push_back(watch(admin));
            CHECK(held.back().read_head().status() == 200);
        }
        raw_http_client excess(admin.port());
        REQUIRE(excess.send(get_request("/events") + get_request("/metrics")));
        const raw_response refused = excess.read_response();
        CHECK(refused.status == 503);
        CHECK(refused.fields.at("retry-after") == "10");
        CHECK(refused.body.find("too many clients watch already") != std::string::npos);
        CHECK(excess.read_response().status == 200); // the same connection goes on

        held.pop_front();
        wait_for_watchers(admin, 1);
        CHECK(watch(admin).read_head().status() == 200);
    }

    TEST_CASE("HEAD gets the header of a stream, and no stream") {
        running_admin admin;
        raw_http_client client(admin.port());
        REQUIRE(client.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n" +
                            get_request("/metrics")));
        const raw_response head = client.read_response(/*has_body=*/false);
        CHECK(head.status == 200);
        CHECK(head.fields.at("content-type") == "text/event-stream");
        CHECK_FALSE(head.fields.contains("content-length"));
        CHECK(client.read_response().body == "metric 1\n");
        CHECK(admin.watchers() == 0);
    }

    TEST_CASE("stop() ends streams in order, with all that was sent") {
        running_admin admin;
        raw_socket client = watch(admin);
        (void)client.read_head();
        wait_for_watchers(admin, 1);
        admin.send_event("the last");
        admin.stop();
        CHECK(client.read_exactly(8) == "the last");
        CHECK(client.wait_end() == raw_socket::ending::closed);
        admin.send_event("too late");
    }

    TEST_CASE("a token that is changed holds from the next request on") {
        running_admin admin({}, "first-token-0123");
        const auto stop_with = [&](const std::string& token) {
            raw_http_client client(admin.port());
            REQUIRE(client.send("POST /stop HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                                token + "\r\n\r\n"));
            return client.read_response().status;
        };
        CHECK(stop_with("first-token-0123") == 200);
        admin.change_token("second-token-012");
        CHECK(stop_with("first-token-0123") == 401);
        CHECK(stop_with("second-token-012") == 200);
        admin.change_token("");
        CHECK(stop_with("second-token-012") == 403);
    }
}
