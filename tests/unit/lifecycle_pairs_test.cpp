#include "support/closing_trial.hpp"
#include "support/random_source.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using test::closing_trial;

struct happening {
    std::string name;
    close_reason reason; // if it comes first
    std::function<void(closing_trial&)> let;
};

const std::vector<happening> happenings{
    {"client close", close_reason::client_closed,
     [](closing_trial& t) { t.close_frame(leg::client, 3001); }},
    {"app close", close_reason::app_closed,
     [](closing_trial& t) { t.close_frame(leg::app, 3002); }},
    {"client end", close_reason::client_lost, [](closing_trial& t) { t.end(leg::client); }},
    {"client half end", close_reason::client_lost,
     [](closing_trial& t) { t.end(leg::client, leg_end::orderly); }},
    {"app half end", close_reason::app_lost,
     [](closing_trial& t) { t.end(leg::app, leg_end::orderly); }},
    {"app end", close_reason::app_lost, [](closing_trial& t) { t.end(leg::app); }},
    {"evicted", close_reason::evicted, [](closing_trial& t) { t.close(close_reason::evicted); }},
    {"app timeout", close_reason::app_timeout,
     [](closing_trial& t) { t.close(close_reason::app_timeout); }},
    {"drained", close_reason::drained, [](closing_trial& t) { t.close(close_reason::drained); }},
    {"protocol error", close_reason::protocol_error,
     [](closing_trial& t) { t.violate(leg::client); }},
    {"app protocol error", close_reason::app_protocol_error,
     [](closing_trial& t) { t.violate(leg::app); }},
    {"slow client", close_reason::slow_client,
     [](closing_trial& t) { t.close(close_reason::slow_client); }},
    {"shutdown", close_reason::shutdown, [](closing_trial& t) { t.close(close_reason::shutdown); }},
};

// closing_trial checks the promises: each order once and to a leg that has not ended, both legs
// ended once, in time, the reason never changes.
TEST_CASE("any two ends that meet end the session in good order, for the reason that was first") {
    for (const happening& first : happenings) {
        for (const happening& second : happenings) {
            for (const int gap : {0, 5, 10, 15, 1'999, 2'000}) {
                for (const unsigned peers : {0u, 1u, 2u, 3u, 5u, 10u, 15u}) {
                    CAPTURE(first.name);
                    CAPTURE(second.name);
                    CAPTURE(gap);
                    CAPTURE(peers);
                    closing_trial trial;
                    trial.client.answers = (peers & 1) != 0;
                    trial.app.answers = (peers & 2) != 0;
                    trial.client.takes = (peers & 4) == 0;
                    trial.app.takes = (peers & 8) == 0;
                    trial.later(milliseconds(gap), [&] { second.let(trial); });
                    first.let(trial);
                    trial.run();
                    if (!trial.broken_promise.empty() || trial.life().reason() != first.reason)
                        FAIL_CHECK(trial.broken_promise << ": " << trial.trace());
                }
            }
        }
    }
}

TEST_CASE("any number of ends at random times end the session in good order") {
    for (const std::uint64_t seed : test::seeds(3'000)) {
        CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
        test::random_source random(seed);
        closing_trial trial;
        for (closing_trial::peer* one : {&trial.client, &trial.app}) {
            one->takes = !random.is_one_in(4);
            one->answers = !random.is_one_in(3);
            one->hangs_up = !random.is_one_in(3);
        }
        for (std::uint64_t n = random.between(1, 6); n > 0; --n) {
            const happening& one = happenings[random.below(happenings.size())];
            const std::uint64_t most = random.is_one_in(2) ? 30 : 5'000;
            trial.later(milliseconds(random.below(most)), [&] { one.let(trial); });
        }
        trial.run();
        if (!trial.broken_promise.empty())
            FAIL_CHECK(trial.broken_promise << ": " << trial.trace());
    }
}

} // namespace
} // namespace pulsegate
