// A walk along what lives on a worker, while members come and go.
#include "net/member_walk.hpp"

#include "net/worker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace pulsegate::test {
namespace {

/// Takes so long that a slice of the walk ends after it.
void dawdle() {
    const time_point until = clock::now() + walk_slice;
    while (clock::now() < until) {
    }
}

class some_member final : public worker_member {
public:
    explicit some_member(int number) : number_(number) {}
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_drained() const { return is_drained_; }

    // worker_member
    void on_due() override {}
    void on_drain(time_point) override {
        is_drained_ = true;
        dawdle();
    }
    void on_reload() override {}
    void on_shutdown() override {}

private:
    const int number_;
    bool is_drained_ = false;
};

/// A worker without a thread: the test turns its loop.
struct still_worker {
    counted_routes routes;
    connection_quota quota{100};
    shared_admission admission;
    shared_upstreams upstreams;
    worker_context context{make_settings({}, routes, nullptr), quota, admission, upstreams};
    std::vector<std::unique_ptr<some_member>> members;

    explicit still_worker(int count) {
        for (int i = 0; i < count; ++i)
            add(i);
    }
    void add(int number) {
        members.push_back(std::make_unique<some_member>(number));
        context.members.push_back(*members.back());
    }
    void remove(std::size_t index) { members[index].reset(); } // it unlinks itself
    void turn_until(const bool& done) {
        while (!done && context.io.run_one_for(std::chrono::seconds(20)) > 0) {
        }
    }
};

/// The number of a member; -1 for a bookmark of another walk.
int number_of(worker_member& member) {
    auto* const one = dynamic_cast<some_member*>(&member);
    return one != nullptr ? one->number() : -1;
}

} // namespace

TEST_SUITE("member walks") {

    TEST_CASE("a walk visits every member once, in order, and then says so") {
        still_worker worker(1000);
        std::vector<int> visited;
        bool is_done = false;
        walk_members(
            worker.context,
            [&](worker_member& member, moment) {
                visited.push_back(number_of(member));
                return true;
            },
            [&] { is_done = true; });
        worker.turn_until(is_done);
        REQUIRE(is_done);
        REQUIRE(visited.size() == 1000);
        for (int i = 0; i < 1000; ++i)
            CHECK(visited[static_cast<std::size_t>(i)] == i);
    }

    TEST_CASE("a walk along nothing is done at once") {
        still_worker worker(0);
        bool is_done = false;
        walk_members(
            worker.context, [](worker_member&, moment) { return true; }, [&] { is_done = true; });
        CHECK(is_done);
    }

    TEST_CASE("other handlers have their turn between the slices of a walk") {
        still_worker worker(5);
        int visited = 0;
        bool is_done = false;
        walk_members(
            worker.context,
            [&](worker_member&, moment) {
                ++visited;
                dawdle();
                return true;
            },
            [&] { is_done = true; });
        CHECK(visited == 1);
        int seen_by_other = 0;
        boost::asio::post(worker.context.io, [&] { seen_by_other = visited; });
        worker.turn_until(is_done);
        CHECK(visited == 5);
        CHECK(seen_by_other == 1); // there is a pause
    }

    TEST_CASE("a walk ends where its visitor has enough") {
        still_worker worker(10);
        int visited = 0;
        bool is_done = false;
        walk_members(
            worker.context,
            [&](worker_member& member, moment) {
                ++visited;
                return number_of(member) != 3;
            },
            [&] { is_done = true; });
        CHECK(is_done);
        CHECK(visited == 4);
    }

    TEST_CASE("members that go, that are destroyed by their visit, and that come do not disturb") {
        still_worker worker(6);
        std::vector<int> visited;
        bool is_done = false;
        walk_members(
            worker.context,
            [&](worker_member& member, moment) {
                const int number = number_of(member);
                visited.push_back(number);
                worker.remove(static_cast<std::size_t>(number)); // the visited one
                if (number == 0)
                    worker.remove(1); // the next one
                if (number == 2)
                    worker.remove(5);     // the last one
                worker.add(100 + number); // comes later, is not visited
                dawdle();
                return true;
            },
            [&] { is_done = true; });
        worker.turn_until(is_done);
        CHECK(visited == std::vector<int>{0, 2, 3, 4});
    }

    TEST_CASE("walks may overlap, and leave nothing behind") {
        still_worker worker(4);
        std::vector<int> first, second;
        bool is_first_done = false;
        bool is_second_done = false;
        const auto visit = [](std::vector<int>& visited) {
            return [&visited](worker_member& member, moment) {
                if (number_of(member) >= 0)
                    visited.push_back(number_of(member));
                dawdle();
                return true;
            };
        };
        walk_members(worker.context, visit(first), [&] { is_first_done = true; });
        walk_members(worker.context, visit(second), [&] { is_second_done = true; });
        worker.turn_until(is_first_done);
        worker.turn_until(is_second_done);
        CHECK(first == std::vector<int>{0, 1, 2, 3});
        CHECK(second == first);
        CHECK(std::distance(worker.context.members.begin(), worker.context.members.end()) == 4);
    }

    TEST_CASE("walks together take a share of the worker's time, however many there are") {
        still_worker worker(10);
        int under_way = 3;
        bool are_done = false;
        const time_point began = clock::now();
        for (int i = 0; i < 3; ++i)
            walk_members(
                worker.context,
                [](worker_member& member, moment) {
                    if (number_of(member) >= 0)
                        dawdle();
                    return true;
                },
                [&] { are_done = --under_way == 0; });
        worker.turn_until(are_done);
        // Thirty visits, with a pause after each but the last.
        CHECK(clock::now() - began >=
              29 * walk_slice * (100 - walk_pace::share) / walk_pace::share);
    }

    TEST_CASE("a walk does not begin while the one before has had its share") {
        still_worker worker(1);
        bool is_done = false;
        const auto visit = [](worker_member&, moment) {
            dawdle();
            return true;
        };
        walk_members(worker.context, visit, [] {});
        walk_members(worker.context, visit, [&] { is_done = true; });
        CHECK_FALSE(is_done);
        worker.turn_until(is_done);
        CHECK(is_done);
    }

    TEST_CASE("a drain goes along the members a slice at a time, and reaches each of them") {
        counted_routes routes;
        connection_quota quota(100);
        shared_admission admission;
        shared_upstreams upstreams;
        worker draining(make_settings({}, routes, nullptr), quota, admission, upstreams);
        std::vector<std::unique_ptr<some_member>> members;
        for (int i = 0; i < 20; ++i) {
            members.push_back(std::make_unique<some_member>(i));
            draining.context().members.push_back(*members.back());
        }
        const auto drained = [&] {
            return std::count_if(members.begin(), members.end(),
                                 [](const auto& each) { return each->is_drained(); });
        };
        draining.drain(clock::now() + std::chrono::hours(1), false);
        std::ptrdiff_t most_at_once = 0;
        while (drained() < 20) {
            const auto before = drained();
            REQUIRE(draining.context().io.run_one_for(std::chrono::seconds(20)) == 1);
            most_at_once = std::max(most_at_once, drained() - before);
        }
        CHECK(most_at_once == 1);
        CHECK(draining.context().drain_until.has_value());
    }

    TEST_CASE("a walk that is under way when its worker ends is forgotten") {
        bool is_done = false;
        {
            still_worker worker(3);
            walk_members(
                worker.context,
                [](worker_member&, moment) {
                    dawdle();
                    return true;
                },
                [&] { is_done = true; });
        }
        CHECK_FALSE(is_done);
    }
}

} // namespace pulsegate::test
