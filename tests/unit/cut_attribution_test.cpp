// What real cuts look like among random losses, and what is said of them.
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
const std::vector<numbered_route> paths{{"/", 0}, {"/edit", 1}};

/// The policy beside a gateway with this configuration, told of losses as they come.
class watched {
public:
    explicit watched(const std::string& yaml,
                     const std::vector<std::pair<std::string, std::string>>& files = {}) {
        read(yaml, files);
    }

    void read(const std::string& yaml,
              const std::vector<std::pair<std::string, std::string>>& files = {}) {
        const auto checked = check_text(yaml, files);
        REQUIRE(checked.aligned.has_value());
        policy.on_suspects(suspects_of(*checked.aligned, checked.loaded->values, paths));
    }

    /// In the order of time, each with the next look; then some looks more.
    void lose(std::vector<loss> losses) {
        std::stable_sort(losses.begin(), losses.end(),
                         [](const loss& a, const loss& b) { return a.when < b.when; });
        for (auto next = losses.begin(); next != losses.end();) {
            now = std::max(now + 1s, next->when);
            const auto first = next;
            while (next != losses.end() && next->when <= now)
                ++next;
            policy.take({first, next});
            look();
        }
        pass(8s);
    }

    void pass(duration time) {
        for (const time_point until = now + time; now < until;) {
            now += 1s;
            look();
        }
    }

    [[nodiscard]] std::uint64_t cuts(const std::string& hop) const { return policy.cuts().at(hop); }
    [[nodiscard]] std::string text() const {
        return policy.findings().empty() ? "" : text_of(policy.findings().back());
    }

    cut_attribution policy;
    std::vector<cut_finding> told;
    time_point now = start;

private:
    void look() {
        for (cut_finding& each : policy.judge(now))
            told.push_back(std::move(each));
    }
};

/// Of a quiet client that answers its pings after 20 ms: a limit of either direction.
loss cut_at(double seconds, time_point when, std::uint32_t client) {
    return {.when = when,
            .idle = seconds_of(seconds - 0.02),
            .quiet = seconds_of(seconds),
            .age = seconds_of(seconds + 7 * client),
            .client = client};
}

/// So many, each a few milliseconds off.
std::vector<loss> cuts_at(double seconds, std::size_t count, duration apart = 7s) {
    loss_source random(count);
    std::vector<loss> made;
    for (std::size_t i = 0; i < count; ++i)
        made.push_back(cut_at(seconds + random.uniform(0, 0.006), start + 1min + apart * i,
                              static_cast<std::uint32_t>(i)));
    return made;
}

const std::string nginx_20s = nginx_with("location / { proxy_pass http://127.0.0.1:8081;\n"
                                         "proxy_read_timeout 20s; }");
const std::string behind_nginx = "proxies: [{ nginx: { config: /n.conf, version: 1.22.1 } }]\n";

} // namespace

TEST_CASE("six cuts at a declared limit are found among two hundred random losses") {
    for (const std::uint64_t seed : test::seeds(20)) {
        CAPTURE(seed); // run it alone with PULSEGATE_TEST_SEED
        watched it(behind_nginx, {{"/n.conf", nginx_20s}});
        loss_source random(seed);
        auto losses = test::at_random_times(random, 200, 0.2, start, [](loss_source& each) {
            return each.lost_after(each.uniform(0, 25), each.uniform(0.005, 0.05));
        });
        for (int i = 0; i < 6; ++i)
            losses.push_back(cut_at(20 + random.uniform(0, 0.006),
                                    start + seconds_of(random.uniform(0, 1000)), 5000));
        it.lose(losses);
        CHECK(it.cuts("nginx") >= 6);
        CHECK(it.cuts("nginx") <= 12); // some of the random ones are within the window
        CHECK(it.cuts("undeclared") == 0);
    }
}

TEST_CASE("a cut at a declared limit is told with its place, how often it came, and the cure") {
    watched it(behind_nginx, {{"/n.conf", nginx_20s}});
    it.lose(cuts_at(20, 7, 2min));
    CHECK(it.text() == "idle 20.0 s, 7 times in 12 min: looks like nginx proxy_read_timeout "
                       "(declared 20s at /n.conf:8)");
    REQUIRE(!it.told.empty());
    const cut_finding& first = it.told.front();
    CHECK(first.cuts >= 5);
    CHECK(first.who.hop == "nginx");
    CHECK(first.who.option == "proxy_read_timeout");
    CHECK(first.who.where == "/n.conf:8");
    CHECK(first.who.help == "set `proxy_read_timeout 60s;` here, or `heartbeat.interval: 4s` and "
                            "`heartbeat.timeout: 12s`");
}

TEST_CASE("five cuts are told, four are not") {
    for (const std::size_t count : {4u, 5u}) {
        watched it(behind_nginx, {{"/n.conf", nginx_20s}});
        it.lose(cuts_at(20, count));
        CHECK(it.cuts("nginx") == (count < 5 ? 0 : 5));
        CHECK(it.told.size() == (count < 5 ? 0 : 1));
    }
}

TEST_CASE("every cut is counted once, and told at most once in a minute") {
    watched it(behind_nginx, {{"/n.conf", nginx_20s}});
    it.lose(cuts_at(20, 100, 2s)); // over 200 s
    CHECK(it.cuts("nginx") == 100);
    CHECK(it.told.size() == 4);
    CHECK(it.policy.findings().size() == 1);
}

TEST_CASE("an Nginx that cuts at its default although its file says otherwise was not reloaded") {
    const std::string nginx = nginx_with("location / { proxy_pass http://127.0.0.1:8081;\n"
                                         "proxy_read_timeout 300s; }");
    watched it("heartbeat: { interval: 70s, timeout: 100s }\n" + behind_nginx,
               {{"/n.conf", nginx}});
    it.lose(cuts_at(60, 7));
    CHECK(it.cuts("nginx") == 7);
    CHECK(it.text() == "idle 60.0 s, 7 times in 42 s: looks like nginx proxy_read_timeout at its "
                       "default; /n.conf:8 declares 5m: was it reloaded?");
    CHECK(it.told.front().who.help == "reload it: `nginx -s reload`");
}

TEST_CASE("an Nginx that cuts as its file said before was not reloaded") {
    watched it(behind_nginx, {{"/n.conf", nginx_20s}});
    const std::string next = nginx_with("location / { proxy_pass http://127.0.0.1:8081;\n"
                                        "\nproxy_read_timeout 5m; }");
    it.read(behind_nginx, {{"/n.conf", next}});
    it.lose(cuts_at(20, 7));
    CHECK(it.cuts("nginx") == 7);
    CHECK(it.text() == "idle 20.0 s, 7 times in 42 s: looks like nginx proxy_read_timeout as it "
                       "was before; /n.conf:9 now declares 5m: was it reloaded?");
}

TEST_CASE("limits that count one direction, and lifetimes, are told by their own marks") {
    struct row {
        std::string entry;
        std::string text;
        loss (*make)(loss_source&, double jitter);
    };
    const row rows[] = {
        {"idle: 10m, resets: to_client",
         "idle 600.0 s, 9 times in 56 s: looks like edge, its idle limit (declared 10m at "
         "/etc/pulsegate/gateway.yaml:1)",
         [](loss_source& random, double jitter) { // whatever the client says
             return loss{.idle = seconds_of(random.uniform(0, 25)),
                         .quiet = seconds_of(600 + jitter),
                         .age = seconds_of(random.uniform(700, 9000))};
         }},
        {"idle: 20s, resets: to_gateway",
         "idle 20.0 s, 9 times in 56 s: looks like edge, its idle limit (declared 20s at "
         "/etc/pulsegate/gateway.yaml:1)",
         [](loss_source& random, double jitter) { // whatever it is told
             return loss{.idle = seconds_of(20 + jitter),
                         .quiet = seconds_of(random.uniform(1, 20)),
                         .age = seconds_of(random.uniform(700, 9000))};
         }},
        {"idle: none, lifetime: 2h",
         "age 7200.0 s, 9 times in 56 s: looks like edge, its lifetime limit (declared 2h at "
         "/etc/pulsegate/gateway.yaml:1)",
         [](loss_source& random, double jitter) {
             return loss{.idle = seconds_of(random.uniform(0, 25)),
                         .quiet = seconds_of(random.uniform(0, 25)),
                         .age = seconds_of(7200 + jitter)};
         }},
    };
    for (const row& each : rows) {
        CAPTURE(each.entry);
        watched it("proxies: [{ name: edge, " + each.entry + " }]\n");
        loss_source random(7);
        std::vector<loss> losses;
        for (std::uint32_t i = 0; i < 9; ++i) {
            losses.push_back(each.make(random, random.uniform(0, 0.006)));
            losses.back().when = start + 1min + 7s * i;
            losses.back().client = i;
        }
        it.lose(losses);
        CHECK(it.cuts("edge") == 9);
        CHECK(it.text() == each.text);
    }
}

TEST_CASE("a limit concerns the routes of its location only") {
    const std::string routes = "routes: [{ path: /, upstream: echo }, { path: /edit, upstream: "
                               "echo }]\n";
    const std::string nginx = nginx_with("location / { proxy_pass http://127.0.0.1:8081; }\n"
                                         "location /edit { proxy_pass http://127.0.0.1:8081;\n"
                                         "proxy_read_timeout 20s; }");
    for (const std::uint32_t route : {0u, 1u}) {
        watched it(routes + behind_nginx, {{"/n.conf", nginx}});
        auto losses = cuts_at(20, 7);
        for (loss& each : losses)
            each.route = route;
        it.lose(losses);
        CHECK(it.cuts(route == 1 ? "nginx" : "undeclared") == 7);
    }
}

TEST_CASE("a limit that nobody declared is told, with the presets that have it") {
    watched it("proxies: [{ preset: cloudflare }]\n");
    it.lose(cuts_at(60, 7));
    CHECK(it.cuts("undeclared") == 7);
    CHECK(it.cuts("cloudflare") == 0);
    CHECK(it.text() == "idle 60.0 s, 7 times in 42 s: looks like a limit of a proxy that is not "
                       "declared, or of the clients themselves; such a one is usual for nginx, "
                       "apache, varnish, ingress-nginx and others");
    CHECK(it.told.front().who.help ==
          "if it is a proxy, add `- { name: unknown proxy, idle: 1m }` to `proxies`: `pulsegate "
          "check` then says what fits");
}

TEST_CASE("what one or two places do is no proxy: a probe that goes after ten seconds") {
    watched it("");
    auto losses = cuts_at(10, 100, 60s);
    for (loss& each : losses) {
        each.age = each.quiet;
        each.client %= 2;
    }
    it.lose(losses);
    CHECK(it.told.empty());
}

TEST_CASE("a finding rests once its cuts have ended, and is told again when they come back") {
    watched it(behind_nginx, {{"/n.conf", nginx_20s}});
    it.lose(cuts_at(20, 7));
    CHECK(it.policy.findings().front().is_active);
    it.pass(61min);
    CHECK_FALSE(it.policy.findings().front().is_active);
    auto again = cuts_at(20, 7);
    for (loss& each : again)
        each.when += 2h;
    it.lose({again.begin(), again.begin() + 4});
    CHECK(it.cuts("nginx") == 7); // four might be chance
    it.lose({again.begin() + 4, again.end()});
    CHECK(it.cuts("nginx") == 14);
    CHECK(it.policy.findings().size() == 1);
}

TEST_CASE(
    "counters of proxies are there from the start, and outlive a reload with what was found") {
    watched it("proxies: [{ name: edge, idle: 20s }, { name: inner, idle: 5m }]\n");
    CHECK(it.policy.cuts() ==
          std::map<std::string, std::uint64_t>{{"edge", 0}, {"inner", 0}, {"undeclared", 0}});
    it.lose(cuts_at(20, 7));
    it.read("proxies: [{ name: other, idle: 1m }]\n");
    CHECK(it.policy.cuts() ==
          std::map<std::string, std::uint64_t>{{"edge", 7}, {"other", 0}, {"undeclared", 0}});
}

} // namespace pulsegate
