#include "session/timing_wheel.hpp"
#include "support/random_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::random_source;

const time_point start{5h};

/// The wheel and, beside it, a sorted list of the deadlines that it was given. Random calls go to
/// both; after each the two are compared.
class wheel_trial {
public:
    wheel_trial(std::uint64_t seed, duration tick)
        : random_(seed), tick_(tick), wheel_(start, tick) {
        for (std::size_t i = 0; i < node_count; ++i)
            nodes_.push_back(std::make_unique<node>(*this, i));
    }

    std::string run(int steps) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) {
            for (std::uint64_t n = random_.below(6); n > 0; --n)
                change_any();
            advance();
        }
        return wrong_;
    }

    std::uint64_t wakes = 0;

private:
    static constexpr std::size_t node_count = 60;

    struct node final : wheel_node {
        node(wheel_trial& t, std::size_t i) : trial(t), id(i) {}
        void on_due() override { trial.on_due(id); }
        wheel_trial& trial;
        const std::size_t id;
    };

    struct entry {
        time_point due;
        time_point armed; // by the wheel's time
    };

    duration random_span() {
        // From far past to several turns ahead; most within a few ticks, some on a tick exactly.
        switch (random_.below(6)) {
        case 0:
            return tick_ * static_cast<std::int64_t>(random_.below(12));
        case 1:
            return -tick_ * static_cast<std::int64_t>(random_.below(3000));
        case 2:
            return duration(random_.below(static_cast<std::uint64_t>(tick_.count()) * 5000));
        default:
            return duration(random_.below(static_cast<std::uint64_t>(tick_.count()) * 40));
        }
    }

    void change_any() {
        const std::size_t id = random_.below(node_count);
        switch (random_.below(8)) {
        case 0:
            timing_wheel::disarm(*nodes_[id]);
            deadlines_.erase(id);
            break;
        case 1: // as a session that ends, perhaps while it or another one wakes
            nodes_[id] = std::make_unique<node>(*this, id);
            deadlines_.erase(id);
            break;
        default: {
            const time_point due = now_ + random_span();
            wheel_.arm(*nodes_[id], due);
            deadlines_[id] = {due, now_};
        }
        }
    }

    void advance() {
        static constexpr int few = 12;
        const bool is_stall = random_.is_one_in(40);
        const auto ticks = static_cast<std::int64_t>(random_.below(is_stall ? 4000 : 3));
        now_ += tick_ * ticks + duration(random_.below(static_cast<std::uint64_t>(tick_.count())));
        changes_left_ = few;
        wheel_.advance(now_);
        for (const auto& [id, one] : deadlines_) {
            // What woke meanwhile armed itself at this very time: its turn is next.
            if (std::max(one.due, one.armed) + tick_ <= now_)
                complain(id, "is more than a tick late");
        }
        for (std::size_t id = 0; id < node_count; ++id) {
            if (timing_wheel::is_armed(*nodes_[id]) != deadlines_.contains(id))
                complain(id, "is armed and should not be, or the other way round");
        }
    }

    void on_due(std::size_t id) {
        ++wakes;
        const auto found = deadlines_.find(id);
        if (found == deadlines_.end())
            return complain(id, "woke without a deadline");
        if (found->second.due > now_)
            complain(id, "woke early");
        if (timing_wheel::is_armed(*nodes_[id]))
            complain(id, "woke still armed");
        deadlines_.erase(found);
        while (changes_left_ > 0 && !random_.is_one_in(3)) {
            --changes_left_;
            change_any();
        }
    }

    void complain(std::size_t id, const char* what) {
        if (wrong_.empty())
            wrong_ = "node " + std::to_string(id) + " " + what;
    }

    random_source random_;
    const duration tick_;
    timing_wheel wheel_;
    time_point now_ = start;
    std::vector<std::unique_ptr<node>> nodes_;
    std::map<std::size_t, entry> deadlines_;
    int changes_left_ = 0;
    std::string wrong_;
};

TEST_CASE("the timing wheel keeps random deadlines as a plain list does: never early, never more "
          "than a tick late") {
    std::uint64_t wakes = 0;
    for (const std::uint64_t seed : test::seeds(30)) {
        CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
        wheel_trial trial(seed, seed % 2 == 0 ? duration(100ms) : duration(7ms + 3ns));
        CHECK(trial.run(300) == "");
        wakes += trial.wakes;
    }
    CHECK(wakes > 100);
}

} // namespace
} // namespace pulsegate
