// Who is let in to the admin listener, and who makes room.
#include "admin/admin_crowd.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate {
namespace {

using enum admin_state;
using crowd = std::vector<admin_client_facts>;

constexpr admin_places places{.connections = 3, .extra = 2};

time_point at(int seconds) {
    return time_point(std::chrono::seconds(seconds));
}

} // namespace

TEST_CASE("while there is room everybody is let in, and nobody has to go") {
    const auto found =
        admit(crowd{{"a", busy, at(1)}, {"a", gone, at(0)}, {"a", idle, at(2)}}, places);
    CHECK_FALSE(found.is_extra);
    CHECK_FALSE(found.makes_room.has_value());
}

TEST_CASE("the connection that has been idle longest makes room") {
    const auto found =
        admit(crowd{{"a", idle, at(2)}, {"a", busy, at(0)}, {"a", idle, at(1)}}, places);
    CHECK_FALSE(found.is_extra);
    CHECK(found.makes_room == 2);
}

TEST_CASE("an address with many connections loses one of its own") {
    const auto found =
        admit(crowd{{"scraper", idle, at(0)}, {"pod", idle, at(3)}, {"pod", idle, at(2)}}, places);
    CHECK(found.makes_room == 2);
}

TEST_CASE("when nobody is idle a few more come in, for health and metrics") {
    crowd present{{"a", busy, at(0)}, {"a", busy, at(1)}, {"a", busy, at(2)}};
    CHECK(admit(present, places).is_extra);
    CHECK_FALSE(admit(present, places).makes_room.has_value());
    present.push_back({"a", busy, at(4), true});
    present.push_back({"b", idle, at(3), true});
    const auto found = admit(present, places);
    CHECK(found.is_extra);
    CHECK(found.makes_room == 3); // of the same crowd
}

} // namespace pulsegate
