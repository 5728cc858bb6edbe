// What the admin listener shows of sessions, and how it closes them.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"
#include "support/ws_peer.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>

namespace pulsegate::test {
namespace {

namespace json = boost::json;

json::object object_of(const std::pair<int, std::string>& answer) {
    CAPTURE(answer.second);
    REQUIRE(answer.first == 200);
    return json::parse(answer.second).as_object();
}

json::array connections(const running_gateway& gate, const std::string& query = "") {
    return object_of(gate.get("/connections" + query)).at("connections").as_array();
}

/// The only connection there is.
json::object only_connection(const running_gateway& gate) {
    const json::array all = connections(gate);
    REQUIRE(all.size() == 1);
    return all[0].as_object();
}

/// A session begins a little after its client has read the 101.
void wait_live(const running_gateway& gate, double count) {
    gate.wait_metric("pulsegate_connections", {}, count);
}

constexpr const char* one_worker = "workers: 1\nroutes: [{ path: /, upstream: '";

} // namespace

TEST_SUITE("operations") {

    TEST_CASE("a session shows what its client asked for and what it has forwarded") {
        raw_app app;
        running_gateway gate(one_worker + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text("/chat/%7Ba%7D?token=secret",
                                         "User-Agent: <script>alert(1)</script> \xFF\r\n"
                                         "X-Forwarded-For: 203.0.113.7\r\n"));
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        client.send_frame(frame_kind::text, "hello"); // 11 bytes, masked
        CHECK(served.socket.read_message().payload == "hello");
        served.socket.send_frame(frame_kind::text, "hi"); // 4 bytes
        CHECK(client.read_message().payload == "hi");

        const json::object shown = only_connection(gate);
        CHECK(shown.at("client").as_string() == "203.0.113.7");
        CHECK(shown.at("route").as_string() == "/");
        CHECK(shown.at("path").as_string() == "/chat/%7Ba%7D");
        CHECK(shown.at("user_agent").as_string() == "<script>alert(1)</script> \xEF\xBF\xBD");
        CHECK(shown.at("state").as_string() == "open");
        CHECK(shown.at("closing_reason").is_null());
        CHECK(shown.at("worker").to_number<int>() == 0);
        CHECK(shown.at("rtt_seconds").is_null());
        CHECK(shown.at("client_messages").to_number<int>() == 1);
        CHECK(shown.at("client_bytes").to_number<int>() == 11);
        CHECK(shown.at("app_messages").to_number<int>() == 1);
        CHECK(shown.at("app_bytes").to_number<int>() == 4);
        CHECK(shown.at("age_seconds").as_double() >= shown.at("app_idle_seconds").as_double());

        const std::string id(shown.at("id").as_string());
        CHECK(served.request.header("pulsegate-connection-id") == id);
        CHECK(object_of(gate.get("/connections/" + id)).at("id").as_string() == id);
        client.cut();
        served.socket.cut();
    }

    TEST_CASE("a session that is ending shows why, and is not closed a second time") {
        raw_app app;
        running_gateway gate(one_worker + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        client.send_close(4100); // the application has two seconds to answer, and does not
        CHECK(served.socket.read_frame().close_code() == 4100);
        const json::object shown = only_connection(gate);
        CHECK(shown.at("state").as_string() == "closing");
        CHECK(shown.at("closing_reason").as_string() == "client_closed");
        CHECK(connections(gate, "?state=open").empty());
        CHECK(object_of(gate.ask("DELETE", "/connections?route=/")).at("closed") == 0);
        const std::string id(shown.at("id").as_string());
        CHECK(gate.ask("DELETE", "/connections/" + id).first == 404);
        gate.wait_closed("client_closed");
    }

    TEST_CASE("closing one session leaves the others alone") {
        running_gateway gate;
        std::vector<ws_peer> peers;
        for (int i = 0; i < 5; ++i)
            peers.push_back(ws_peer::connect(gate.address()));
        wait_live(gate, 5);
        const std::string id(connections(gate, "?limit=1&offset=2")[0].at("id").as_string());
        CHECK(object_of(gate.ask("DELETE", "/connections/" + id)).at("closed") == 1);
        gate.wait_closed("admin");
        CHECK(gate.get("/connections/" + id).first == 404);
        CHECK(gate.ask("DELETE", "/connections/" + id).first == 404);
        int alive = 0;
        for (const auto& each : connections(gate))
            alive += each.at("state").as_string() == "open" ? 1 : 0;
        CHECK(alive == 4);
    }

    TEST_CASE(
        "an order with a window holds through a reload of the age, and a drain may be first") {
        running_gateway gate("limits: { session_age: 1h }\ndrain: { window: 0s }");
        ws_peer first = ws_peer::connect(gate.address());
        ws_peer second = ws_peer::connect(gate.address());
        wait_live(gate, 2);
        CHECK(
            object_of(gate.ask("DELETE", "/connections?client=127.0.0.1&window=1h")).at("closed") ==
            2);
        REQUIRE(gate.reload("limits: { session_age: 2h }\ndrain: { window: 0s }"));
        CHECK(gate.live() == 2);
        CHECK(object_of(gate.ask("DELETE", "/connections?client=127.0.0.1&window=1ms"))
                  .at("closed") == 2);
        gate.wait_closed("admin", 2);
        ws_peer third = ws_peer::connect(gate.address());
        wait_live(gate, 1);
        CHECK(object_of(gate.ask("DELETE", "/connections?route=/&window=1h")).at("closed") == 1);
        gate.self().drain();
        CHECK(third.wait_closed().code == 1012);
        CHECK(gate.wait_outcome() == gateway::outcome::drained);
    }

    TEST_CASE("a session is found however many there are, and pages have each of them once") {
        running_gateway gate;
        std::vector<ws_peer> peers;
        for (int i = 0; i < 60; ++i)
            peers.push_back(ws_peer::connect(gate.address()));
        wait_live(gate, 60);
        for (const std::string sort : {"age", "idle", "rtt", "bytes"}) {
            CAPTURE(sort);
            std::set<std::string> seen;
            for (int offset = 0; offset < 60; offset += 7)
                for (const auto& each : connections(gate, "?limit=7&sort=" + sort +
                                                              "&offset=" + std::to_string(offset)))
                    seen.insert(std::string(each.at("id").as_string()));
            // Idle times and ages change between pages, but not who is before whom.
            CHECK(seen.size() == 60);
            for (const std::string& id : seen)
                CHECK(object_of(gate.get("/connections/" + id)).at("id").as_string() == id);
        }
    }
}

} // namespace pulsegate::test
