// The life of admin connections: late replies, deadlines, limits, stopping.
#include "support/raw_http_client.hpp"
#include "support/running_admin.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

void check_serves(const running_admin& admin) {
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/metrics")));
    CHECK(client.read_response().status == 200);
}

} // namespace

TEST_CASE("a reply may come later, and a second one is ignored") {
    running_admin admin;
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/healthz") + get_request("/metrics")));
    REQUIRE(admin.wait_for_health_requests(1));
    CHECK(client.hears_nothing_for(milliseconds(20))); // the pipelined request waits for its turn
    admin.answer_health(200);
    CHECK(client.read_response().body == "late\n");
    CHECK(client.read_response().body == "metric 1\n");
    admin.answer_health(500);
    CHECK(client.hears_nothing_for(milliseconds(20)));

    // Nor does a reply to an earlier request answer a later one.
    REQUIRE(client.send(get_request("/healthz")));
    REQUIRE(admin.wait_for_health_requests(2));
    admin.answer_health_request(0, 500);
    admin.answer_health_request(1, 200);
    CHECK(client.read_response().status == 200);
}

TEST_CASE("a reply to a client that has left is harmless") {
    running_admin admin;
    std::deque<raw_http_client> clients;
    for (int i = 0; i < 10; ++i) {
        raw_http_client& client = clients.emplace_back(admin.port());
        REQUIRE(client.send(get_request("/healthz")));
    }
    REQUIRE(admin.wait_for_health_requests(10));
    for (int i = 0; i < 5; ++i)
        clients[static_cast<std::size_t>(i)].reset();
    admin.answer_health(200);
    for (int i = 5; i < 10; ++i)
        CHECK(clients[static_cast<std::size_t>(i)].read_response().status == 200);
    check_serves(admin);
}

TEST_CASE("a handler that never replies costs its client a 503, and its late reply nothing") {
    running_admin admin({.answer = milliseconds(50)});
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/healthz")));
    const raw_response answer = client.read_response();
    CHECK(answer.status == 503);
    CHECK(answer.body == "no answer in time\n");
    CHECK(client.is_closed_by_peer());
    REQUIRE(admin.wait_for_health_requests(1));
    admin.answer_health(200);
    check_serves(admin);
}

TEST_CASE("a client that sends nothing, or half a request, is cut at the deadline") {
    running_admin admin({.request = milliseconds(50)});
    for (const std::string start : {"", "GET /met", "GET /metrics HTTP/1.1\r\nHost: x\r\n"}) {
        CAPTURE(start);
        raw_http_client client(admin.port());
        REQUIRE(client.send(start));
        CHECK(client.is_closed_by_peer());
    }
}

TEST_CASE("a request cut short by the client's end is not answered") {
    running_admin admin;
    raw_http_client client(admin.port());
    REQUIRE(client.send("GET /metrics HTTP/1.1\r\nHo"));
    client.finish_sending();
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("a connection kept alive is cut when no further request comes") {
    running_admin admin({.request = milliseconds(1'000)});
    raw_http_client client(admin.port());
    REQUIRE(client.send(get_request("/metrics")));
    CHECK(client.read_response().status == 200);
    CHECK(client.is_closed_by_peer());
}

TEST_CASE("a client that neither reads to the end nor closes is cut after its last answer") {
    running_admin admin({.linger = milliseconds(50)});
    raw_http_client client(admin.port());
    REQUIRE(client.send("GET /metrics HTTP/1.0\r\n\r\n"));
    CHECK(client.read_response().status == 200);
    CHECK(client.is_closed_by_peer());
    // The sending direction is open until the cut; after it, the kernel answers with a reset.
    const auto give_up = clock::now() + std::chrono::seconds(20);
    while (client.send("x") && clock::now() < give_up)
        usleep(1000);
    CHECK(clock::now() < give_up);
}

TEST_CASE("who has been idle longest makes room for who comes, and nobody is turned away") {
    running_admin admin({.connections = 3});
    std::deque<raw_http_client> held;
    for (int i = 0; i < 6; ++i) {
        raw_http_client& client = held.emplace_back(admin.port());
        REQUIRE(client.send(get_request("/metrics")));
        CHECK(client.read_response().status == 200);
    }
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(held[i].is_closed_by_peer());
    for (std::size_t i = 3; i < 6; ++i) {
        REQUIRE(held[i].send(get_request("/metrics")));
        CHECK(held[i].read_response().status == 200);
    }
}

TEST_CASE("when all connections are busy, who comes is answered about health and metrics only") {
    running_admin admin({.connections = 3, .extra = 2});
    std::deque<raw_http_client> busy; // with requests that do not end
    for (int i = 0; i < 3; ++i)
        REQUIRE(busy.emplace_back(admin.port()).send("GET /met"));
    for (int i = 0; i < 10; ++i) {
        raw_http_client probe(admin.port());
        REQUIRE(probe.send(get_request("/metrics")));
        CHECK(probe.read_response().status == 200);
        CHECK(probe.is_closed_by_peer());
        raw_http_client other(admin.port());
        REQUIRE(other.send(get_request("/")));
        const raw_response refused = other.read_response();
        CHECK(refused.status == 503);
        CHECK(refused.fields.at("retry-after") == "10");
    }
    // Nor does it help to hold those places.
    std::deque<raw_http_client> holding;
    for (int i = 0; i < 20; ++i)
        REQUIRE(holding.emplace_back(admin.port()).send("GET /met"));
    check_serves(admin);
    for (raw_http_client& each : busy) { // they were there first, and still have their time
        REQUIRE(each.send("rics HTTP/1.1\r\nHost: x\r\n\r\n"));
        CHECK(each.read_response().status == 200);
    }
}

TEST_CASE("running out of descriptors delays a connection and loses none") {
    running_admin admin;
    std::optional<raw_http_client> client;
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    {
        // The lowest free descriptor is the client's; the next one, and all above, are forbidden.
        const int lowest = dup(STDIN_FILENO);
        const int next = dup(STDIN_FILENO);
        close(lowest);
        close(next);
        rlimit none_left = limit;
        none_left.rlim_cur = static_cast<rlim_t>(next);
        REQUIRE(setrlimit(RLIMIT_NOFILE, &none_left) == 0);
    }
    client.emplace(admin.port());
    REQUIRE(client->send(get_request("/metrics")));
    CHECK(client->hears_nothing_for(milliseconds(250))); // over more than one attempt to accept
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(client->read_response().status == 200);
}

TEST_CASE("stop() ends connections in every state, and no reply revives them") {
    running_admin admin;
    raw_http_client idle(admin.port());
    raw_http_client half(admin.port());
    raw_http_client waiting(admin.port());
    raw_http_client leaving(admin.port());
    REQUIRE(half.send("GET /metr"));
    REQUIRE(waiting.send(get_request("/healthz")));
    REQUIRE(leaving.send("GET /metrics HTTP/1.0\r\n\r\n"));
    CHECK(leaving.read_response().status == 200);
    REQUIRE(admin.wait_for_health_requests(1));

    admin.stop();
    CHECK(idle.is_closed_by_peer());
    CHECK(half.is_closed_by_peer());
    CHECK(waiting.is_closed_by_peer());
    CHECK(leaving.is_closed_by_peer());
    CHECK_THROWS(raw_http_client(admin.port()));
    admin.answer_health(200);
    admin.stop(); // again
} // the destructor returns only if nothing is pending

TEST_CASE("a listener may go before its io_context has run, and its replies may outlive both") {
    admin_reply kept;
    {
        asio::io_context io;
        const auto keep = [&kept](const admin_request&, admin_reply reply) {
            kept = std::move(reply);
        };
        admin_listener listener(io, {"127.0.0.1", 0},
                                {{admin_method::get, "/metrics", admin_access::open, keep}});
        raw_http_client client(listener.local_address().port);
        REQUIRE(client.send(get_request("/metrics")));
        while (!kept && io.run_one_for(std::chrono::seconds(20)) > 0) {
        }
        REQUIRE(kept);
    }
    kept({200, "text/plain", "too late\n"});
}

TEST_CASE("an address that cannot be listened on is named in the error, with the reason") {
    asio::io_context io;
    admin_listener first(io, {"127.0.0.1", 0}, {});
    const std::string taken = "127.0.0.1:" + std::to_string(first.local_address().port);

    struct {
        tcp_address address;
        std::string message;
    } const rows[] = {
        {first.local_address(),
         "cannot listen on " + taken +
             ": another process listens there; stop it, take over from it with `--take-over PID`, "
             "or change the address"},
        {{"192.0.2.1", 9464}, "cannot listen on 192.0.2.1:9464: Cannot assign requested address"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.message);
        std::string what;
        try {
            admin_listener second(io, row.address, {});
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
        CHECK(what == row.message);
    }
}

TEST_CASE("an IPv6 address serves as well") {
    asio::io_context io;
    try {
        const admin_listener listener(io, {"::1", 0}, {});
        CHECK(listener.local_address().host == "::1");
        CHECK(listener.local_address().port != 0);
    } catch (const std::runtime_error& error) {
        MESSAGE("no IPv6 on this machine: " << error.what());
    }
}
