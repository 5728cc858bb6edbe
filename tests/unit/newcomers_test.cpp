// Who has to make room when newcomers are too many.
#include "client/newcomers.hpp"

#include "net/descriptors.hpp"
#include "net/service_settings.hpp"

#include <doctest/doctest.h>

#include <list>
#include <string>
#include <vector>

namespace pulsegate::test {
namespace {

using namespace std::chrono_literals;

using scarcity = newcomers::scarcity;

ip_address address(const std::string& text) {
    return *ip_address::parse(text);
}

/// A connection that leaves when it is asked to, unless something has come from its client.
struct knocker final : newcomers::holder {
    newcomers::place place;
    int unread = 0; // pieces, of which one is read when it is asked
    std::optional<scarcity> gone;

    void on_make_room(scarcity of) override {
        if (unread > 0) {
            --unread;
            return;
        }
        gone = of;
        place = {};
    }
};

struct hall {
    newcomers all;
    newcomer_limits limits{3, 0};
    time_point now{};
    std::list<knocker> knockers; // gone before `all`

    /// Null if there is no room.
    knocker* enter(const std::string& from = "") {
        auto entered =
            all.enter(from.empty() ? std::optional<ip_address>() : address(from), limits, now);
        if (std::holds_alternative<scarcity>(entered))
            return nullptr;
        knocker& added = knockers.emplace_back();
        added.place = std::get<newcomers::place>(std::move(entered));
        added.place.wait_for_client(added);
        return &added;
    }
};

} // namespace

TEST_SUITE("newcomers") {

    TEST_CASE("the oldest one that waits for its client makes room") {
        hall in;
        knocker& first = *in.enter();
        knocker& second = *in.enter();
        knocker& third = *in.enter();
        CHECK(in.all.size() == 3);
        CHECK(in.enter() != nullptr);
        CHECK(first.gone == scarcity::places);
        CHECK_FALSE(second.gone);
        CHECK(in.enter() != nullptr);
        CHECK(second.gone == scarcity::places);
        CHECK_FALSE(third.gone);
        CHECK(in.all.size() == 3);
    }

    TEST_CASE("who waits for the gateway does not make room, and keeps its age") {
        hall in;
        knocker& first = *in.enter();
        knocker& second = *in.enter();
        knocker& third = *in.enter();
        first.place.wait_for_gateway();
        in.enter();
        CHECK_FALSE(first.gone);
        CHECK(second.gone);
        first.place.wait_for_client(first);
        in.enter();
        CHECK(first.gone);
        CHECK_FALSE(third.gone);
    }

    TEST_CASE("if all wait for the gateway there is no room") {
        hall in;
        for (int i = 0; i < 3; ++i)
            in.enter()->place.wait_for_gateway();
        CHECK(in.enter() == nullptr);
        CHECK_FALSE(in.all.make_room_for_descriptor(in.now + 1s));
        CHECK(in.all.size() == 3);
    }

    TEST_CASE("what has come meanwhile is read first, and then nobody is spared for it") {
        hall in;
        knocker& first = *in.enter();
        first.unread = 1;
        knocker& second = *in.enter();
        in.enter();
        CHECK(in.enter() != nullptr);
        CHECK(first.unread == 0);
        CHECK(first.gone); // it is still the oldest, and has nothing more to say
        CHECK_FALSE(second.gone);
        second.unread = 1000; // however much it says: it is asked a few times, and no more
        CHECK(in.enter() == nullptr);
        CHECK(second.unread >= 900);
    }

    TEST_CASE("an address beyond its limit displaces its own connections alone") {
        hall in;
        in.limits = {10, 2};
        knocker& honest = *in.enter("203.0.113.1");
        knocker& proxied = *in.enter();
        std::vector<knocker*> flood;
        for (int i = 0; i < 1500; ++i)
            flood.push_back(in.enter("198.51.100.7"));
        CHECK_FALSE(honest.gone);
        CHECK_FALSE(proxied.gone);
        CHECK(in.all.size() == 4);
        CHECK(in.all.clients() == 2);
        CHECK(flood[0]->gone == scarcity::places_of_client);
        CHECK(flood[1497]->gone == scarcity::places_of_client);
        CHECK_FALSE(flood[1498]->gone);
    }

    TEST_CASE("an IPv6 client is its /64") {
        hall in;
        in.limits = {10, 2};
        knocker& first = *in.enter("2001:db8:0:1::1");
        in.enter("2001:db8:0:1::2");
        in.enter("2001:db8:0:2::1");
        CHECK_FALSE(first.gone);
        in.enter("2001:db8:0:1:ffff::3");
        CHECK(first.gone);
    }

    TEST_CASE("a client that a PROXY header tells of counts from then on") {
        hall in;
        in.limits = {10, 2};
        knocker& first = *in.enter();
        knocker& second = *in.enter();
        knocker& third = *in.enter();
        CHECK(first.place.tell_client(address("203.0.113.1"), in.limits));
        CHECK(second.place.tell_client(address("203.0.113.1"), in.limits));
        CHECK(third.place.tell_client(address("203.0.113.1"), in.limits));
        CHECK(first.gone);
        CHECK_FALSE(second.gone);
        CHECK_FALSE(third.gone);
        knocker& fourth = *in.enter();
        second.place.wait_for_gateway();
        third.place.wait_for_gateway();
        CHECK_FALSE(fourth.place.tell_client(address("203.0.113.1"), in.limits));
        CHECK_FALSE(second.gone);
        CHECK(fourth.place.tell_client(address("203.0.113.2"), in.limits));
    }

    TEST_CASE("an address is forgotten with its last connection") {
        hall in;
        in.limits = {10, 2};
        knocker& one = *in.enter("203.0.113.1");
        knocker& other = *in.enter("203.0.113.1");
        one.place = {};
        CHECK(in.all.clients() == 1);
        other.place = {};
        CHECK(in.all.clients() == 0);
        CHECK(in.all.size() == 0);
    }

    TEST_CASE("a place moves with its connection, and is given up once") {
        hall in;
        knocker& first = *in.enter("203.0.113.1");
        knocker next;
        next.place = std::move(first.place);
        next.place.wait_for_client(next);
        CHECK(in.all.size() == 1);
        CHECK(in.all.make_room_for_descriptor(in.now + 1s));
        CHECK(next.gone == scarcity::descriptors);
        CHECK_FALSE(first.gone);
        CHECK(in.all.size() == 0);
    }

    TEST_CASE("who has just connected is given a moment to ask before others come in") {
        hall in;
        in.enter();
        in.enter();
        CHECK_FALSE(in.all.must_wait(in.limits, in.now));
        in.enter();
        CHECK(in.all.must_wait(in.limits, in.now));
        CHECK(in.all.must_wait(in.limits, in.now + 199ms));
        CHECK_FALSE(in.all.make_room_for_descriptor(in.now + 199ms));
        CHECK_FALSE(in.all.must_wait(in.limits, in.now + 200ms));
        CHECK(in.all.make_room_for_descriptor(in.now + 200ms));
    }

    TEST_CASE("a worker has its share of the limits, as far as there are descriptors") {
        const limits_settings defaults;
        CHECK(share_of_newcomers(defaults, 4, 1'000'000).all == 2500);
        CHECK(share_of_newcomers(defaults, 4, 1'000'000).of_client == 500);
        CHECK(share_of_newcomers(defaults, 2, 1024).all == 128);
        CHECK(share_of_newcomers(defaults, 2, 1024).of_client == 64);
        CHECK(share_of_newcomers(defaults, 64, 64).all == 1);
        CHECK(share_of_newcomers(defaults, 64, 64).of_client == 1);
        CHECK(share_of_newcomers(defaults, 2, 64).of_client == 8);
        limits_settings few;
        few.newcomers = 10;
        few.newcomers_per_client = 0;
        CHECK(share_of_newcomers(few, 4, 1'000'000).all == 3); // rounded up
        CHECK(share_of_newcomers(few, 4, 1'000'000).of_client == 0);
    }

    TEST_CASE("descriptors are kept for the admin listener, and for saying that there are none") {
        const auto small = descriptor_limits::of(64);
        CHECK(small.of_apps == 48);
        CHECK(small.of_clients == 56);
        const auto usual = descriptor_limits::of(1024);
        CHECK(usual.of_apps == 960);
        CHECK(usual.of_clients == 992);
        CHECK(descriptor_limits::of(~0ull).of_clients > 1'000'000); // RLIM_INFINITY
    }

} // TEST_SUITE

} // namespace pulsegate::test
