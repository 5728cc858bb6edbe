// Whom to let in: rates, limits for one client, and the origins of pages.
#include "base/token_bucket.hpp"
#include "client/client_table.hpp"
#include "client/crowd_pace.hpp"
#include "client/origin_rule.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1000h};

ip_address ip(std::string_view text) {
    return *ip_address::parse(text);
}

ip_address numbered(std::uint32_t number) {
    const std::array<std::uint8_t, 4> bytes{
        static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
        static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return ip_address::of_v4(bytes);
}

bool is_admitted(const client_table::verdict& verdict) {
    return std::holds_alternative<client_table::admitted>(verdict);
}

/// How many of `count` enter at one moment.
int enter(client_table& table, const ip_address& who, const client_limits& limits, int count,
          time_point now) {
    int entered = 0;
    for (int i = 0; i < count; ++i)
        entered += is_admitted(table.admit(client_key(who), limits, now)) ? 1 : 0;
    return entered;
}

} // namespace

TEST_CASE("a token bucket gives two seconds' worth at once and then its rate") {
    token_bucket bucket;
    for (int i = 0; i < 20; ++i) {
        CAPTURE(i);
        CHECK_FALSE(bucket.take(10, start));
    }
    CHECK(bucket.take(10, start) == 100ms);
    CHECK(bucket.take(10, start + 60ms) == 40ms); // waiting in vain costs nothing
    CHECK_FALSE(bucket.take(10, start + 100ms));
    CHECK(bucket.take(10, start + 100ms) == 100ms);
    CHECK_FALSE(bucket.is_full(start + 2s));
    CHECK(bucket.is_full(start + 2100ms));
    int later = 0;
    while (!bucket.take(10, start + 1h))
        ++later;
    CHECK(later == 20); // no more than that, however long the pause was
}

TEST_CASE("a token bucket of one a second gives a pair of tokens to begin with") {
    token_bucket bucket;
    CHECK_FALSE(bucket.take(1, start));
    CHECK_FALSE(bucket.take(1, start));
    CHECK(bucket.take(1, start) == 1s);
}

TEST_CASE("a token bucket holds its rate over a minute of steady pressure") {
    token_bucket bucket;
    int taken = 0;
    for (auto at = 0ms; at < 60s; at += 1ms)
        taken += bucket.take(50, start + at) ? 0 : 1;
    CHECK(taken >= 60 * 50 + 99);
    CHECK(taken <= 60 * 50 + 100);
}

TEST_CASE("a crowd is let in at its rate, and the rest is sent away for longer the larger it is") {
    crowd_pace pace;
    for (int i = 0; i < 200; ++i)
        CHECK_FALSE(pace.on_handshake(100, start, 0.5));
    // The first who have to wait get 1 to 10 seconds.
    CHECK(pace.on_handshake(100, start, 0.0) == 1s);
    CHECK(pace.on_handshake(100, start, 0.999) == 10s);
    CHECK(pace.on_handshake(100, start, 0.5) == 6s);
    // 2000 of them would take 20 seconds: they are spread over 40.
    for (int i = 3; i < 1999; ++i)
        (void)pace.on_handshake(100, start, 0.5);
    CHECK(pace.on_handshake(100, start, 0.0) == 1s);
    CHECK(pace.on_handshake(100, start, 0.999) == 40s);
    for (int i = 0; i < 100'000; ++i)
        (void)pace.on_handshake(100, start, 0.5);
    CHECK(pace.on_handshake(100, start, 0.999) == crowd_pace::longest_wait);
    // Once there is room again, a client enters, and the crowd is forgotten in time.
    CHECK_FALSE(pace.on_handshake(100, start + 10ms, 0.5));
    for (int i = 0; i < 200; ++i)
        CHECK_FALSE(pace.on_handshake(100, start + 10min, 0.5));
    CHECK(pace.on_handshake(100, start + 10min, 0.999) == 10s);
}

TEST_CASE("a client may have so many connections and no more, until one ends") {
    client_table table(1);
    const client_limits limits{.connections = 3};
    CHECK(enter(table, ip("192.0.2.1"), limits, 5, start) == 3);
    CHECK(enter(table, ip("192.0.2.2"), limits, 5, start) == 3);
    CHECK(std::holds_alternative<client_table::too_many>(
        table.admit(ip("192.0.2.1"), limits, start + 1h)));
    table.release(ip("192.0.2.1"), start + 1h);
    CHECK(enter(table, ip("192.0.2.1"), limits, 5, start + 1h) == 1);
}

TEST_CASE("IPv6 clients are told apart by their first 64 bits, IPv4 clients by all of them") {
    client_table table(2);
    const client_limits limits{.connections = 2};
    CHECK(enter(table, ip("2001:db8:0:1::1"), limits, 2, start) == 2);
    CHECK(enter(table, ip("2001:db8:0:1:ffff::2"), limits, 1, start) == 0);
    CHECK(enter(table, ip("2001:db8:0:2::1"), limits, 1, start) == 1);
    CHECK(enter(table, ip("192.0.2.1"), limits, 2, start) == 2);
    CHECK(enter(table, ip("192.0.2.2"), limits, 2, start) == 2);
}

TEST_CASE("a client in a hurry is told how long to wait, and hurts nobody else") {
    client_table table(3);
    const client_limits limits{.handshakes_per_second = 5};
    CHECK(enter(table, ip("192.0.2.1"), limits, 50, start) == 10);
    CHECK(enter(table, ip("192.0.2.2"), limits, 1, start) == 1);
    const auto verdict = table.admit(ip("192.0.2.1"), limits, start + 50ms);
    REQUIRE(std::holds_alternative<client_table::too_fast>(verdict));
    CHECK(std::get<client_table::too_fast>(verdict).wait == 150ms);
    CHECK(enter(table, ip("192.0.2.1"), limits, 50, start + 1s) == 5);
}

TEST_CASE("an attempt that exceeds the number of connections still counts for the rate") {
    client_table table(4);
    const client_limits limits{.connections = 1, .handshakes_per_second = 2};
    CHECK(enter(table, ip("192.0.2.1"), limits, 4, start) == 1);
    CHECK(std::holds_alternative<client_table::too_fast>(
        table.admit(ip("192.0.2.1"), limits, start)));
}

TEST_CASE("limits may change while clients are connected") {
    client_table table(5);
    CHECK(enter(table, ip("192.0.2.1"), {.connections = 5}, 5, start) == 5);
    CHECK(enter(table, ip("192.0.2.1"), {.connections = 2}, 1, start) == 0);
    CHECK(enter(table, ip("192.0.2.1"), {.connections = 6}, 2, start) == 1);
}

TEST_CASE("only clients that matter are remembered") {
    client_table table(6);
    const client_limits limits{.connections = 10, .handshakes_per_second = 5};
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        const time_point now = start + i * 1ms;
        REQUIRE(is_admitted(table.admit(numbered(i), limits, now)));
        table.release(numbered(i), now + 100us);
        // One token is back after 200 ms: some 200 clients are too new to be forgotten.
        REQUIRE(table.size() <= 1000);
    }
    // Those who stay are kept, and only they.
    client_table staying(7);
    for (std::uint32_t i = 0; i < 10'000; ++i)
        REQUIRE(is_admitted(staying.admit(numbered(i), limits, start)));
    CHECK(staying.size() == 10'000);
    for (std::uint32_t i = 0; i < 10'000; ++i)
        staying.release(numbered(i), start + 1s);
    CHECK(staying.size() == 0);
}

TEST_CASE("an origin is allowed exactly, or as any subdomain") {
    const struct {
        const char* rule;
        std::vector<const char*> allowed;
        std::vector<const char*> refused;
    } rows[] = {
        {"https://app.example.com",
         {"https://app.example.com", "HTTPS://APP.example.com", "https://app.example.com:443"},
         {"http://app.example.com", "https://app.example.com:8443", "https://example.com",
          "https://app.example.com.evil.example", "https://evilapp.example.com", "null",
          "https://app.example.com, https://app.example.com", "app.example.com"}},
        {"http://localhost:3000",
         {"http://localhost:3000"},
         {"http://localhost", "http://localhost:30000"}},
        {"https://*.example.com",
         {"https://a.example.com", "https://a.b.example.com", "https://a.example.com:443"},
         {"https://example.com", "https://.example.com.evil", "http://a.example.com",
          "https://a.example.com:8443", "https://evil.test/.example.com", "https://aexample.com",
          "https://evil.test?.example.com", "https://user@a.example.com", "https://.example.com"}},
        {"https://*.example.com:8443", {"https://a.example.com:8443"}, {"https://a.example.com"}},
        {"null", {"null"}, {"https://null"}},
        {"capacitor://localhost", {"capacitor://localhost"}, {"http://localhost"}},
        {"http://[::1]:8080", {"http://[::1]:8080"}, {"http://[::1]"}},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.rule));
        const auto rule = origin_rule::parse(row.rule);
        REQUIRE(rule.has_value());
        for (const char* origin : row.allowed) {
            CAPTURE(std::string(origin));
            CHECK(rule->allows(origin));
        }
        for (const char* origin : row.refused) {
            CAPTURE(std::string(origin));
            CHECK_FALSE(rule->allows(origin));
        }
    }
}

TEST_CASE("without rules every page may connect, and without an origin every program") {
    const std::vector rules{*origin_rule::parse("https://a.example"),
                            *origin_rule::parse("https://b.example")};
    CHECK(may_come_from("https://b.example", rules));
    CHECK(may_come_from("", rules));
    CHECK_FALSE(may_come_from("https://c.example", rules));
    CHECK_FALSE(may_come_from("null", rules));
    CHECK(may_come_from("https://c.example", {}));
    CHECK(may_come_from("null", {}));
}
