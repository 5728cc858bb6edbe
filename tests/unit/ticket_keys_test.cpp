#include "net/tls/ticket_keys.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

constexpr time_point start{std::chrono::hours(1000)};
constexpr auto period = ticket_keys::period;
constexpr std::chrono::seconds moment_more{1};

} // namespace

TEST_CASE("a key of tickets is the current one for a period, and is known for another") {
    ticket_keys keys(start);
    const auto first = keys.current();
    keys.advance(start + period - moment_more);
    CHECK(keys.find(first.name)->is_current);
    keys.advance(start + period);
    CHECK(keys.current().name != first.name);
    REQUIRE(keys.find(first.name));
    CHECK_FALSE(keys.find(first.name)->is_current);
    CHECK(keys.find(first.name)->what.cipher == first.cipher);
    CHECK(keys.find(first.name)->what.mac == first.mac);
    keys.advance(start + 2 * period - moment_more);
    CHECK(keys.find(first.name));
    keys.advance(start + 2 * period);
    CHECK_FALSE(keys.find(first.name));
}

TEST_CASE("after a pause in which nobody came both keys of tickets are new") {
    ticket_keys keys(start);
    const auto first = keys.current();
    keys.advance(start + 2 * period);
    CHECK_FALSE(keys.find(first.name));
}

TEST_CASE("keys of tickets have nothing in common") {
    ticket_keys keys(start);
    const auto first = keys.current();
    CHECK(first.cipher != first.mac);
    keys.advance(start + period);
    const auto second = keys.current();
    CHECK(first.name != second.name);
    CHECK(first.cipher != second.cipher);
    CHECK(first.mac != second.mac);
    CHECK_FALSE(ticket_keys(start).find(first.name));
}

} // namespace pulsegate
