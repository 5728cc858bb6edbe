#include "session/timing_wheel.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};
constexpr duration tick = 100ms;

struct sleeper final : wheel_node {
    void on_due() override {
        ++woken;
        if (then)
            then();
    }
    std::function<void()> then;
    int woken = 0;
};

TEST_CASE("a node wakes at its deadline, once, and not before") {
    timing_wheel wheel(start, tick);
    sleeper node;
    wheel.arm(node, start + 500ms);
    CHECK(timing_wheel::is_armed(node));
    wheel.advance(start + 499ms);
    CHECK(node.woken == 0);
    wheel.advance(start + 500ms);
    CHECK(node.woken == 1);
    CHECK_FALSE(timing_wheel::is_armed(node));
    wheel.advance(start + 10min);
    CHECK(node.woken == 1);
}

TEST_CASE("a deadline between two ticks is kept at the second one") {
    timing_wheel wheel(start, tick);
    sleeper node;
    wheel.arm(node, start + 500ms + 1ns);
    wheel.advance(start + 599ms);
    CHECK(node.woken == 0);
    wheel.advance(start + 600ms);
    CHECK(node.woken == 1);
}

TEST_CASE("a deadline that has passed is due at the next tick, not at once") {
    timing_wheel wheel(start, tick);
    wheel.advance(start + 5s);
    sleeper now, before, long_before;
    wheel.arm(now, start + 5s);
    wheel.arm(before, start + 1s);
    wheel.arm(long_before, start - 1h);
    wheel.advance(start + 5s + 99ms);
    CHECK(now.woken + before.woken + long_before.woken == 0);
    wheel.advance(start + 5s + 100ms);
    CHECK(now.woken == 1);
    CHECK(before.woken == 1);
    CHECK(long_before.woken == 1);
}

TEST_CASE("arming again moves the deadline, in both directions") {
    timing_wheel wheel(start, tick);
    sleeper later, earlier;
    wheel.arm(later, start + 1s);
    wheel.arm(later, start + 2s);
    wheel.arm(earlier, start + 2s);
    wheel.arm(earlier, start + 1s);
    wheel.advance(start + 1s);
    CHECK(later.woken == 0);
    CHECK(earlier.woken == 1);
    wheel.advance(start + 2s);
    CHECK(later.woken == 1);
    CHECK(earlier.woken == 1);
}

TEST_CASE("a disarmed node sleeps on, and disarming it again does nothing") {
    timing_wheel wheel(start, tick);
    sleeper node;
    timing_wheel::disarm(node);
    wheel.arm(node, start + 1s);
    timing_wheel::disarm(node);
    timing_wheel::disarm(node);
    wheel.advance(start + 1h);
    CHECK(node.woken == 0);
}

TEST_CASE("a deadline beyond one turn of the wheel waits for its own turn") {
    timing_wheel wheel(start, tick);
    sleeper node;
    const duration deadline = 3 * 1024 * tick + 5 * tick;
    wheel.arm(node, start + deadline);
    for (duration t = tick; t < deadline; t += tick)
        wheel.advance(start + t);
    CHECK(node.woken == 0);
    wheel.advance(start + deadline);
    CHECK(node.woken == 1);
}

TEST_CASE("a stall of many turns wakes everyone whose time has come, once, and nobody else") {
    timing_wheel wheel(start, tick);
    std::vector<sleeper> nodes(3000);
    for (std::size_t i = 0; i < nodes.size(); ++i)
        wheel.arm(nodes[i], start + i * 200ms);
    wheel.advance(start + 400s);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].woken != (i <= 2000 ? 1 : 0))
            FAIL("node " << i << " woke " << nodes[i].woken << " times");
    }
}

TEST_CASE("nodes wake in the order of their ticks") {
    timing_wheel wheel(start, tick);
    std::vector<int> order;
    sleeper first, second, third;
    first.then = [&] { order.push_back(1); };
    second.then = [&] { order.push_back(2); };
    third.then = [&] { order.push_back(3); };
    wheel.arm(third, start + 3s);
    wheel.arm(first, start + 1s);
    wheel.arm(second, start + 2s);
    wheel.advance(start + 10s);
    CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("a node that arms itself when it wakes does not wake twice in one advance") {
    timing_wheel wheel(start, tick);
    sleeper node;
    node.then = [&] { wheel.arm(node, start); };
    wheel.arm(node, start + 1s);
    wheel.advance(start + 10s);
    CHECK(node.woken == 1);
    wheel.advance(start + 10s + tick);
    CHECK(node.woken == 2);
}

TEST_CASE("a waking node may disarm, move or destroy others that are due at the same time") {
    timing_wheel wheel(start, tick);
    sleeper waking, disarmed, moved;
    auto destroyed = std::make_unique<sleeper>();
    waking.then = [&] {
        timing_wheel::disarm(disarmed);
        wheel.arm(moved, start + 2s);
        destroyed.reset();
    };
    for (sleeper* node : {&waking, &disarmed, &moved, destroyed.get()})
        wheel.arm(*node, start + 1s);
    wheel.advance(start + 1s);
    CHECK(waking.woken == 1);
    CHECK(disarmed.woken == 0);
    CHECK(moved.woken == 0);
    wheel.advance(start + 2s);
    CHECK(moved.woken == 1);
    CHECK(disarmed.woken == 0);
}

TEST_CASE("a waking node may destroy itself") {
    struct mayfly final : wheel_node {
        explicit mayfly(std::unique_ptr<mayfly>& owner) : owner_(owner) {}
        void on_due() override { owner_.reset(); }
        std::unique_ptr<mayfly>& owner_;
    };
    timing_wheel wheel(start, tick);
    std::unique_ptr<mayfly> node;
    node = std::make_unique<mayfly>(node);
    sleeper next;
    wheel.arm(*node, start + 1s);
    wheel.arm(next, start + 1s);
    wheel.advance(start + 1s);
    CHECK(node == nullptr);
    CHECK(next.woken == 1);
}

TEST_CASE("a destroyed node is disarmed, and a wheel may die before its nodes") {
    sleeper survivor;
    timing_wheel wheel(start, tick);
    {
        sleeper gone;
        wheel.arm(gone, start + 1s);
    }
    wheel.advance(start + 2s);
    {
        timing_wheel short_lived(start, tick);
        short_lived.arm(survivor, start + 1s);
    }
    CHECK_FALSE(timing_wheel::is_armed(survivor));
    wheel.arm(survivor, start + 3s);
    wheel.advance(start + 3s);
    CHECK(survivor.woken == 1);
}

TEST_CASE("time that stands still wakes nobody") {
    timing_wheel wheel(start, tick);
    sleeper node;
    wheel.advance(start + 1s);
    wheel.arm(node, start + 1s + tick);
    wheel.advance(start + 1s);
    wheel.advance(start + 1s + 50ms);
    CHECK(node.woken == 0);
}

} // namespace
} // namespace pulsegate
