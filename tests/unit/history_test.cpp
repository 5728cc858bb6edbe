#include "admin/history.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace pulsegate;

namespace {

/// A gateway after so many sessions.
snapshot after(double time, std::uint64_t opened, std::uint64_t evicted, std::uint64_t lost) {
    snapshot now;
    now.time_seconds = time;
    now.routes = {"/", "/chat"};
    now.total.routes.resize(2);
    route_counters& first = now.total.routes[0]; // with the evictions
    first.opened = evicted;
    first.closed[static_cast<std::size_t>(close_reason::evicted)] = evicted;
    route_counters& second = now.total.routes[1];
    second.opened = opened - evicted;
    second.closed[static_cast<std::size_t>(close_reason::client_lost)] = lost;
    second.live = second.opened - lost;
    return now;
}

std::string shown(const history& past, const char* name) {
    return boost::json::serialize(past.to_json().at(name));
}

} // namespace

TEST_CASE("a history is empty at first") {
    const history past;
    CHECK(boost::json::serialize(past.to_json()) ==
          R"({"interval_seconds":5,"times":[],"connections":[],"opened":[],"closed":[],)"
          R"("evictions":[],"cuts":[]})");
}

TEST_CASE("each interval has what happened in it; the first one what happened since the start") {
    history past;
    past.add(after(100.5, 10, 2, 1));
    past.add(after(105.5, 10, 2, 1));
    past.add(after(110.5, 25, 5, 6));
    CHECK(shown(past, "times") == "[1.005E2,1.055E2,1.105E2]");
    CHECK(shown(past, "connections") == "[7,7,14]");
    CHECK(shown(past, "opened") == "[10,0,15]");
    CHECK(shown(past, "closed") == "[3,0,8]");
    CHECK(shown(past, "evictions") == "[2,0,3]");
    CHECK(shown(past, "cuts") == "[0,0,0]");
}

TEST_CASE("suspected cuts are counted over all hops") {
    history past;
    snapshot now = after(1, 0, 0, 0);
    now.cuts_by_hop = {{"nginx", 0}, {"undeclared", 0}};
    past.add(now);
    now.cuts_by_hop = {{"nginx", 3}, {"undeclared", 4}};
    past.add(now);
    now.cuts_by_hop = {{"nginx", 3}, {"undeclared", 5}};
    past.add(now);
    CHECK(shown(past, "cuts") == "[0,7,1]");
}

TEST_CASE("a history forgets what is older than an hour") {
    history past;
    const std::size_t most = history::most_points;
    for (std::size_t i = 1; i <= most + 3; ++i)
        past.add(after(static_cast<double>(i), i * i, 0, 0));
    CHECK(past.size() == most);
    const auto json = past.to_json();
    const auto& times = json.at("times").as_array();
    const auto& opened = json.at("opened").as_array();
    REQUIRE(times.size() == most);
    for (std::size_t i = 0; i < most; ++i) {
        const std::size_t point = i + 4; // the first three are gone
        CHECK(times[i].as_double() == static_cast<double>(point));
        CHECK(opened[i].to_number<std::size_t>() == 2 * point - 1);
    }
}
