// Places of counters: kept as long as somebody can count there, and then given to other routes.
#include "metrics/counters.hpp"
#include "net/counted_routes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pulsegate {
namespace {

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("a route that comes back finds its place and its number") {
    counted_routes routes;
    const route_places first = routes.take(strings{"/", "/a"});
    const route_places second = routes.take(strings{"/a"});
    CHECK(second.of_routes == std::vector<std::size_t>{1});
    CHECK(second.numbers == first.numbers);
    CHECK(routes.take(strings{"/", "/a"}).numbers == first.numbers);
}

TEST_CASE("reloads with ever new routes take no more places than are in use, or have just been") {
    counted_routes routes;
    route_places held = routes.take(strings{"/"});
    for (int i = 0; i < 300; ++i) {
        strings paths;
        for (int j = 0; j < 20; ++j)
            paths.push_back("/" + std::to_string(i) + "/" + std::to_string(j));
        held = routes.take(paths); // the settings before are gone
    }
    CHECK(routes.all().size() <= 20 * 4 + 1);
}

TEST_CASE("a place that a session still holds has no other route, however many come") {
    counted_routes routes;
    const route_places held = routes.take(strings{"/old"});
    for (int i = 0; i < 10; ++i)
        (void)routes.take(strings{"/" + std::to_string(i)});
    CHECK(routes.all()[held.of_routes.front()].path == "/old");
    CHECK(routes.all()[held.of_routes.front()].number == held.numbers.front());
}

TEST_CASE("a route that is gone is shown once more, and then only with sessions") {
    counted_routes routes;
    const route_places held = routes.take(strings{"/old"});
    (void)routes.take(strings{"/new"});
    CHECK(routes.is_shown(0, 0));
    (void)routes.take(strings{"/new"});
    CHECK_FALSE(routes.is_shown(0, 0));
    CHECK(routes.is_shown(0, 1));
}

TEST_CASE("a place that gets another route begins at nothing, and no sum goes down") {
    counters worker;
    worker.count_for(std::vector<std::uint32_t>{1});
    worker.routes[0].opened = 3;
    worker.routes[0].closed[0] = 3;
    counters total;
    total.count_for(std::vector<std::uint32_t>{2});
    total += worker; // a copy that was taken before the worker knew of the other route
    CHECK(total.routes[0].opened == 0);
    CHECK(sum_of_routes(total).opened == 3);
    worker.count_for(std::vector<std::uint32_t>{2});
    CHECK(worker.routes[0].opened == 0);
    CHECK(sum_of_routes(worker).opened == 3);
    CHECK(sum_of_routes(worker).closed[0] == 3);
}

} // namespace pulsegate
