#include "alignment/cuts/excess.hpp"
#include "alignment/cuts/mark.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

/// By adding up how many ways there are, one trial after the other.
double tail_by_hand(std::size_t hits, std::size_t trials, double chance) {
    std::vector<double> exactly(trials + 1, 0);
    exactly[0] = 1;
    for (std::size_t trial = 0; trial < trials; ++trial)
        for (std::size_t k = trial + 1; k-- > 0;) {
            exactly[k + 1] += exactly[k] * chance;
            exactly[k] *= 1 - chance;
        }
    double sum = 0;
    for (std::size_t k = trials + 1; k-- > hits;)
        sum += exactly[k];
    return sum;
}

} // namespace

TEST_CASE("the tail of the binomial distribution is what counting gives") {
    for (const std::size_t trials : {1u, 5u, 20u, 200u})
        for (const std::size_t hits : {1u, 3u, 5u, 20u, 100u})
            for (const double chance : {0.5, 0.11, 0.005}) {
                if (hits > trials)
                    continue;
                CAPTURE(trials);
                CAPTURE(hits);
                CAPTURE(chance);
                const double by_hand = std::log(tail_by_hand(hits, trials, chance));
                CHECK(log_binomial_tail(hits, trials, chance) ==
                      doctest::Approx(by_hand).epsilon(1e-9));
            }
}

TEST_CASE("an impossible coincidence has a probability, however small") {
    CHECK(log_binomial_tail(2000, 2000, 0.005) == doctest::Approx(2000 * std::log(0.005)));
}

TEST_CASE(
    "a loss that the gateway provoked, or of a client that was gone before, has no idle mark") {
    const loss quiet{.idle = 20s, .quiet = 20s, .age = 1h};
    loss provoked = quiet;
    provoked.quiet = 50ms;
    loss gone = quiet;
    gone.was_answering = false;
    for (const mark each :
         {mark::sent_either, mark::heard_either, mark::heard, mark::heard_unasked}) {
        CHECK(read(each, quiet) == duration(20s));
        CHECK(!read(each, gone).has_value());
    }
    for (const mark each : {mark::heard_either, mark::heard, mark::heard_unasked})
        CHECK(!read(each, provoked).has_value());
    for (const loss& each : {quiet, provoked, gone})
        CHECK(read(mark::age, each) == duration(1h));
}

TEST_CASE("a client that waits for an answer has no mark of an undeclared limit") {
    const loss asked{.idle = 5s, .quiet = 14s, .age = 1h};
    CHECK(!read(mark::sent_either, asked).has_value());
    CHECK(!read(mark::heard_unasked, asked).has_value());
    CHECK(read(mark::heard_either, asked) == duration(5s)); // of a proxy that has this limit
}

} // namespace pulsegate
