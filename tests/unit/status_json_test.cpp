#include "admin/status_json.hpp"
#include "support/exposition_text.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace pulsegate;
using namespace pulsegate::test;

namespace {

std::string text(const boost::json::object& from, const char* pointer) {
    return boost::json::serialize(boost::json::value(from).at_pointer(pointer));
}

} // namespace

TEST_CASE("the status has what the counters have, of all routes together and of each") {
    const snapshot now = distinct_snapshot();
    const auto shown = status_to_json(now);
    const auto& routes = now.total.routes;
    const route_counters all = sum_of_routes(now.total);
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    CHECK(text(shown, "/connections") == number(routes[0].live + routes[1].live));
    CHECK(text(shown, "/opened") == number(routes[0].opened + routes[1].opened));
    CHECK(text(shown, "/routes/1/opened") == number(routes[1].opened));
    CHECK(text(shown, "/routes/0/path") == "\"/\"");
    CHECK(text(shown, "/routes/0/evictions") == number(routes[0].closed_by(close_reason::evicted)));
    for (const close_reason_row& row : close_reasons()) {
        const std::string name(row.label);
        CAPTURE(name);
        CHECK(text(shown, ("/closed/" + name).c_str()) ==
              number(routes[0].closed_by(row.reason) + routes[1].closed_by(row.reason)));
        CHECK(text(shown, ("/routes/1/closed/" + name).c_str()) ==
              number(routes[1].closed_by(row.reason)));
    }
    const auto at = static_cast<std::size_t>(rejection::draining);
    CHECK(text(shown, "/rejected/draining") ==
          number(now.total.rejected[at] + routes[0].rejected[at] + routes[1].rejected[at]));
    CHECK(text(shown, "/app_errors/tls") ==
          number(all.app_errors[static_cast<std::size_t>(app_error::tls)]));
    CHECK(text(shown, "/routes/1/rejected/draining") == number(routes[1].rejected[at]));
    CHECK(text(shown, "/routes/0/app_errors/connect") ==
          number(routes[0].app_errors[static_cast<std::size_t>(app_error::connect)]));
    CHECK(text(shown, "/routes/1/messages/app_to_client") == number(routes[1].relay.messages[1]));
    CHECK(text(shown, "/routes/1/rtt/counts/15") == number(routes[1].relay.ping_rtt.counts[15]));
    CHECK(text(shown, "/pings/app") == number(all.relay.pings_sent[1]));
    CHECK(text(shown, "/pongs/client") == number(all.relay.pongs_received[0]));
    CHECK(text(shown, "/messages/client_to_app") == number(all.relay.messages[0]));
    CHECK(text(shown, "/bytes/app_to_client") == number(all.relay.bytes[1]));
    CHECK(text(shown, "/handshakes") == number(now.total.handshakes_live));
    CHECK(text(shown, "/pending_bytes") == number(all.relay.pending_bytes));
    CHECK(text(shown, "/rtt/counts/15") == number(all.relay.ping_rtt.counts[15]));
    CHECK(text(shown, "/rtt/bounds/3") == "1E-3");
    CHECK(text(shown, "/alignment") == R"({"errors":3,"warnings":4})");
    CHECK(text(shown, "/reload/successful") == "false");
    CHECK(text(shown, "/workers_answered") == "7");
}

TEST_CASE("the status says whether the gateway drains, and until when") {
    snapshot now = distinct_snapshot();
    now.drain_ends_seconds.reset();
    CHECK(text(status_to_json(now), "/state") == "\"serving\"");
    CHECK(text(status_to_json(now), "/drain_ends") == "null");
    now.drain_ends_seconds = 1000.5;
    CHECK(text(status_to_json(now), "/state") == "\"draining\"");
    CHECK(text(status_to_json(now), "/drain_ends") == "1.0005E3");
}

TEST_CASE("suspected cuts are shown as they are found, and any bytes as UTF-8") {
    snapshot now = distinct_snapshot();
    CHECK(text(status_to_json(now), "/suspected_cuts") == "[]");
    now.suspected_cuts = {{"edge\xFF", 7, 12.5, "idle 60.0 s"}};
    CHECK(text(status_to_json(now), "/suspected_cuts") ==
          "[{\"hop\":\"edge\xEF\xBF\xBD\",\"cuts\":7,\"last\":1.25E1,\"text\":\"idle 60.0 s\"}]");
    CHECK(text(status_to_json(now), "/routes/1/path") ==
          "\"/odd \\\"path\\\\\\\"\\nof\xEF\xBF\xBDtwo lines\"");
}
