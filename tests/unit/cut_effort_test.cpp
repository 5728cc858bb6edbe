// What it costs to look for cuts, in steps: losses are made by clients, as many as they like, at
// the same moment or with the same time if they like.
#include "alignment/cuts/attribution.hpp"
#include "support/losses.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::loss_source;
using test::seconds_of;

const time_point start{1000h};
constexpr std::size_t loss_count = cut_attribution::most_remembered;

// Four rounds of three marks for undeclared limits, 36 searches for declared ones, and a burst:
// each goes along all losses a few dozen times. A search that compares each loss with each other
// would take 2048² = 4 million steps for one mark.
constexpr std::uint64_t most_steps = 8'000'000;

struct shape {
    const char* name;
    std::function<loss(loss_source&, std::size_t number)> make;
};

const shape shapes[] = {
    {"lost at one moment, all of one age",
     [](loss_source&, std::size_t number) {
         return loss{.when = start,
                     .idle = 59'980ms,
                     .quiet = 60s,
                     .age = 600s,
                     .client = static_cast<std::uint32_t>(number)};
     }},
    {"lost one after the other, all after the same time",
     [](loss_source&, std::size_t number) {
         return loss{.when = start + number * 1'500ms,
                     .idle = 59'980ms,
                     .quiet = 60s,
                     .age = 600s,
                     .client = static_cast<std::uint32_t>(number)};
     }},
    {"spread over all times",
     [](loss_source& random, std::size_t number) {
         loss made = random.lost_after(random.uniform(0, 60), 0.02);
         made.when = start + number * 1'500ms;
         return made;
     }},
    {"at one moment, at many times close together",
     [](loss_source& random, std::size_t number) {
         const duration value = 60s + number * 100us;
         return loss{.when = start + seconds_of(random.uniform(0, 1.5)),
                     .idle = value,
                     .quiet = value,
                     .age = value,
                     .client = static_cast<std::uint32_t>(number)};
     }},
    {"the more of them the longer the time",
     [](loss_source& random, std::size_t number) {
         const duration value = seconds_of(60 + 0.02 * std::sqrt(static_cast<double>(number)));
         return loss{.when = start + seconds_of(random.uniform(0, 3000)),
                     .idle = value,
                     .quiet = value,
                     .age = value,
                     .client = static_cast<std::uint32_t>(number)};
     }},
};

} // namespace

TEST_CASE("2048 losses cost a bounded number of steps, whatever they have in common") {
    for (const shape& each : shapes) {
        CAPTURE(each.name);
        loss_source random(1);
        std::vector<loss> losses;
        for (std::size_t i = 0; i < loss_count; ++i)
            losses.push_back(each.make(random, i));
        cut_attribution policy;
        policy.on_suspects(test::some_suspects());
        policy.take(losses);
        time_point now = start;
        for (const loss& one : losses)
            now = std::max(now, one.when);
        // While they are new, and while a burst is looked for.
        for (int second = 0; second < 20; ++second) {
            const std::uint64_t before = policy.spent().steps();
            (void)policy.judge(now + second * 1s);
            CHECK(policy.spent().steps() - before < most_steps);
        }
    }
}

TEST_CASE("what is told of again and again costs no more each time") {
    cut_attribution policy;
    policy.on_suspects(test::some_suspects());
    loss_source random(2);
    std::uint64_t most = 0;
    for (int round = 0; round < 20; ++round) {
        std::vector<loss> losses;
        for (std::size_t i = 0; i < loss_count; ++i)
            losses.push_back(
                shapes[static_cast<std::size_t>(round) % std::size(shapes)].make(random, i));
        policy.take(losses);
        const std::uint64_t before = policy.spent().steps();
        (void)policy.judge(start + 1h + round * 1s);
        most = std::max(most, policy.spent().steps() - before);
    }
    CHECK(most < most_steps);
}

TEST_CASE("a proxy that is not declared any more is forgotten with its last finding") {
    cut_attribution policy;
    for (int i = 0; i < 100; ++i) {
        suspects now;
        now.hops = {"edge" + std::to_string(i)};
        policy.on_suspects(std::move(now));
    }
    CHECK(policy.cuts().size() == 2); // and `undeclared`
    CHECK(policy.cuts().contains("edge99"));
}

} // namespace pulsegate
