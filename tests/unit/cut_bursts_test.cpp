// A worker that is recycled ends all its connections at one moment; so do some other things, which
// no proxy is blamed for.
#include "alignment/cuts/attribution.hpp"
#include "support/checked_text.hpp"
#include "support/losses.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::loss_source;
using test::seconds_of;

const time_point start{1000h};
const std::vector<numbered_route> paths{{"/", 0}};
const std::string reloading = nginx_with("location / { proxy_pass http://127.0.0.1:8081; }") +
                              "worker_shutdown_timeout 3s;\n";

struct judged {
    std::vector<cut_finding> told;
    std::map<std::string, std::uint64_t> cuts;
};

judged judge(std::vector<loss> losses, const std::string& yaml) {
    const auto checked = check_text(yaml, {{"/n.conf", reloading}});
    REQUIRE(checked.aligned.has_value());
    cut_attribution policy;
    policy.on_suspects(suspects_of(*checked.aligned, checked.loaded->values, paths));
    std::stable_sort(losses.begin(), losses.end(),
                     [](const loss& a, const loss& b) { return a.when < b.when; });
    judged found;
    auto next = losses.begin();
    for (time_point now = start; now < losses.back().when + 10s; now += 1s) {
        const auto first = next;
        while (next != losses.end() && next->when <= now)
            ++next;
        policy.take({first, next});
        for (cut_finding& each : policy.judge(now))
            found.told.push_back(std::move(each));
    }
    found.cuts = policy.cuts();
    return found;
}

const std::string behind_nginx = "proxies: [{ nginx: { config: /n.conf, version: 1.22.1 } }]\n";

/// Clients that are pinged every 25 s.
loss any_client(loss_source& random) {
    return random.lost_after(random.uniform(0, 25), 0.03);
}

/// Some that go by themselves, one every five seconds for ten minutes.
std::vector<loss> some_losses(loss_source& random) {
    return test::at_random_times(random, 120, 0.2, start, any_client);
}

/// Adds `count` that are lost within `width` seconds, five minutes after the start.
void lose_together(std::vector<loss>& to, loss_source& random, std::size_t count, double width,
                   loss (*make)(loss_source&) = any_client) {
    for (std::size_t i = 0; i < count; ++i) {
        to.push_back(make(random));
        to.back().when = start + 5min + seconds_of(random.uniform(0, width));
    }
}

} // namespace

TEST_CASE("a worker that ends all its connections at once is told, with the limit of its reload") {
    for (const std::uint64_t seed : test::seeds(20)) {
        CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
        loss_source random(seed);
        auto losses = some_losses(random);
        lose_together(losses, random, 40, 0.1);
        const judged found = judge(losses, behind_nginx);
        REQUIRE(found.told.size() == 1);
        CHECK(found.cuts.at("nginx") >=
              38); // a window may begin before the burst, and end within it
        CHECK(found.cuts.at("nginx") <= 44); // one or two of the others
        CHECK(found.cuts.at("undeclared") == 0);
        const std::string text = text_of(found.told.front());
        CHECK(text.find(" connections within ") != std::string::npos);
        CHECK(text.ends_with(", at unrelated idle times and ages: looks like nginx, reloaded or "
                             "restarted (worker_shutdown_timeout declared 3s at /n.conf:9)"));
        CHECK(found.told.front().who.help == "set `worker_shutdown_timeout 30s;` here");
    }
}

TEST_CASE("of several declared proxies none in particular is blamed for a burst") {
    loss_source random(1);
    auto losses = some_losses(random);
    lose_together(losses, random, 40, 0.1);
    const judged found = judge(losses, "proxies:\n - preset: cloudflare\n - nginx: { config: "
                                       "/n.conf, version: 1.22.1 }\n");
    REQUIRE(found.told.size() == 1);
    CHECK(found.cuts.at("undeclared") >= 40);
    CHECK(text_of(found.told.front())
              .ends_with("looks like a proxy in front that was reloaded or restarted"));
}

TEST_CASE("other moments that connections have in common are no worker's end") {
    struct row {
        std::string_view name;
        void (*lose)(std::vector<loss>& to, loss_source& random);
    };
    const row rows[] = {
        {"a crowd that goes within half a minute",
         [](auto& to, auto& random) { lose_together(to, random, 600, 30); }},
        {"a crowd that goes within ten seconds",
         [](auto& to, auto& random) { lose_together(to, random, 300, 10); }},
        {"nine connections", [](auto& to, auto& random) { lose_together(to, random, 7, 0.1); }},
        {"one program with many connections that ends",
         [](auto& to, auto& random) {
             lose_together(to, random, 100, 0.1, [](loss_source& it) {
                 loss made = any_client(it);
                 made.client = 7;
                 return made;
             });
         }},
        {"an office of two addresses that loses its line",
         [](auto& to, auto& random) {
             lose_together(to, random, 100, 0.1, [](loss_source& it) {
                 loss made = any_client(it);
                 made.client %= 2;
                 return made;
             });
         }},
        {"machines that answer a message to all by a reset",
         [](auto& to, auto& random) {
             lose_together(to, random, 100, 0.3, [](loss_source& it) {
                 loss made = any_client(it);
                 made.quiet = seconds_of(it.uniform(0.001, 0.3));
                 return made;
             });
         }},
        {"those that a message to all had made quiet at the same time",
         [](auto& to, auto& random) {
             lose_together(to, random, 100, 0.05, [](loss_source& it) {
                 loss made = any_client(it);
                 made.quiet = seconds_of(7 + it.uniform(0, 0.05));
                 return made;
             });
         }},
        {"those that came at the same time, and reach an age together",
         [](auto& to, auto& random) {
             lose_together(to, random, 100, 0.05, [](loss_source& it) {
                 loss made = any_client(it);
                 made.age = seconds_of(600 + it.uniform(0, 0.05));
                 return made;
             });
         }},
        {"twenty who go within three seconds",
         [](auto& to, auto& random) { lose_together(to, random, 20, 3); }},
        {"a moment that is not much fuller than others of the hour",
         [](auto& to, auto& random) {
             lose_together(to, random, 20, 3); // too slow for a worker
             for (loss& each : to)
                 if (each.when >= start + 5min)
                     each.when -= 1min;
             lose_together(to, random, 30, 0.2);
         }},
    };
    for (const std::uint64_t seed : test::seeds(10))
        for (const row& each : rows) {
            CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
            CAPTURE(each.name);
            loss_source random(seed);
            auto losses = some_losses(random);
            each.lose(losses, random);
            const judged found = judge(losses, behind_nginx);
            CHECK((found.told.empty() ? "" : text_of(found.told.front())) == "");
        }
}

} // namespace pulsegate
