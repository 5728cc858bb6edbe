// Which requests are the gateway's own.
#include "base/connection_id.hpp"
#include "net/upstream/own_requests.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using way = own_requests::way;

TEST_CASE("a request is known by its id until it is answered") {
    own_requests all;
    CHECK(all.way_of(7).empty());
    own_requests::entry one = all.add(7, {3, 4});
    CHECK(all.way_of(7) == way{3, 4});
    CHECK(all.way_of(8).empty());
    CHECK(all.way_of(std::nullopt).empty());
    own_requests::entry moved = std::move(one);
    CHECK(all.way_of(7) == way{3, 4});
    moved.leave();
    CHECK(all.way_of(7).empty());
    moved.leave();
}

TEST_CASE("an id is read as it is written, and in no other way") {
    constexpr std::uint64_t id = 0x0123456789abcdef;
    CHECK(connection_id_of(to_text(id)) == id);
    for (const char* other : {"", "1", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeg",
                              "-123456789abcdef", " 123456789abcdef", "0x23456789abcdef"})
        CHECK_FALSE(connection_id_of(other));
}

} // namespace
} // namespace pulsegate
