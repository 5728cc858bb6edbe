// Losses of connections as nature and proxies make them, for tests: each kind from a seed, in the
// order of time, at the rate that is asked for.
#pragma once

#include "alignment/cuts/loss.hpp"
#include "alignment/cuts/suspects.hpp"
#include "support/random_source.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace pulsegate::test {

inline duration seconds_of(double value) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(value));
}

/// Draws what random losses are made of.
class loss_source {
public:
    explicit loss_source(std::uint64_t seed) : random_(seed) {}

    double uniform(double from, double to) {
        return from +
               (to - from) * static_cast<double>(random_.below(1'000'000'007)) / 1'000'000'007;
    }
    double exponential(double mean) { return -mean * std::log(1 - uniform(0, 1)); }
    double normal(double mean, double deviation) { // Box and Muller
        return mean + deviation * std::sqrt(-2 * std::log(1 - uniform(0, 1))) *
                          std::cos(uniform(0, 2 * 3.14159265358979));
    }
    bool is_one_in(std::uint64_t chances) { return random_.is_one_in(chances); }

    /// Of a client that was lost so long after its last ping, which it had answered.
    loss lost_after(double since_ping, double round_trip) {
        loss made;
        made.quiet = seconds_of(std::max(0.0, since_ping));
        made.idle = seconds_of(std::max(0.0, since_ping - round_trip));
        made.age = seconds_of(since_ping + exponential(600));
        made.client = static_cast<std::uint32_t>(random_.below(1000));
        return made;
    }

private:
    random_source random_;
};

/// Limits at which many losses may lie by chance, and one that hardly any reaches.
inline suspects some_suspects() {
    suspects made;
    for (const int value : {2, 5, 10, 20, 25, 60})
        for (const limit_kind kind : {limit_kind::idle, limit_kind::life})
            for (const idle_reset resets :
                 {idle_reset::any, idle_reset::to_client, idle_reset::to_gateway})
                made.limits.push_back({.hop = "edge",
                                       .kind = kind,
                                       .resets = resets,
                                       .value = std::chrono::seconds(value),
                                       .tolerance = usual_tolerance,
                                       .routes = {0}});
    made.hops = {"edge"};
    return made;
}

/// `count` losses, `rate` in a second, at random times after `start`.
inline std::vector<loss> at_random_times(loss_source& source, std::size_t count, double rate,
                                         time_point start,
                                         const std::function<loss(loss_source&)>& make) {
    std::vector<loss> made;
    time_point now = start;
    for (std::size_t i = 0; i < count; ++i) {
        now += seconds_of(source.exponential(1 / rate));
        loss one = make(source);
        one.when = now;
        made.push_back(one);
    }
    return made;
}

} // namespace pulsegate::test
