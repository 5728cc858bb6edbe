// When the addresses of a name are used, and when they are looked up.
#include "net/upstream/kept_name.hpp"

#include <doctest/doctest.h>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using kinds = kept_name::reply::kinds;

constexpr time_point start{1000s};

host_addresses address(const char* text) {
    return std::make_shared<const std::vector<boost::asio::ip::address>>(
        1, boost::asio::ip::make_address(text));
}

/// One whose address was found at `start`.
kept_name found() {
    kept_name name;
    CHECK(name.ask(start).begins);
    name.on_found(address("192.0.2.1"), start);
    return name;
}

TEST_CASE("who asks while a name is looked up waits for that look-up") {
    kept_name name;
    const auto first = name.ask(start);
    CHECK(first.kind == kinds::wait);
    CHECK(first.begins);
    CHECK_FALSE(first.has_older);
    const auto second = name.ask(start + 9s);
    CHECK(second.kind == kinds::wait);
    CHECK_FALSE(second.begins);
    name.on_found(address("192.0.2.1"), start + 10s);
    const auto third = name.ask(start + 10s);
    CHECK(third.kind == kinds::found);
    CHECK(third.addresses->at(0).to_string() == "192.0.2.1");
}

TEST_CASE("addresses are used for a short time, then looked up again") {
    kept_name name = found();
    CHECK(name.ask(start + kept_name::fresh - 1ms).kind == kinds::found);
    CHECK_FALSE(name.is_looking());
    const auto later = name.ask(start + kept_name::fresh);
    CHECK(later.kind == kinds::wait);
    CHECK(later.begins);
    CHECK(later.has_older);
    name.on_found(address("192.0.2.2"), start + 6s);
    CHECK(name.ask(start + 6s).addresses->at(0).to_string() == "192.0.2.2");
}

TEST_CASE("the older addresses serve while a look-up takes long") {
    kept_name name = found();
    CHECK(name.ask(start + 10s).kind == kinds::wait);
    CHECK(name.ask(start + 10s + kept_name::patience - 1ms).kind == kinds::wait);
    CHECK(name.ask(start + 10s + kept_name::patience).kind == kinds::found);
    CHECK(name.ask(start + 10s + 250ms, 250ms).kind == kinds::found);
}

TEST_CASE("the older addresses serve at once while look-ups fail, and one goes on trying") {
    kept_name name = found();
    CHECK(name.ask(start + 10s).begins);
    name.on_failed("no answer", start + 20s);
    CHECK(name.ask(start + 20s).kind == kinds::found);
    CHECK_FALSE(name.is_looking());
    const auto next = name.ask(start + 20s + kept_name::pause);
    CHECK(next.kind == kinds::found);
    CHECK(next.begins);
    CHECK_FALSE(name.ask(start + 22s).begins);
}

TEST_CASE("the older addresses do not serve for ever") {
    kept_name name = found();
    CHECK(name.ask(start + 10s).begins);
    name.on_failed("no answer", start + 20s);
    CHECK(name.ask(start + kept_name::longest - 1s).kind == kinds::found);
    name.on_failed("no answer", start + kept_name::longest);
    const auto too_old = name.ask(start + kept_name::longest);
    CHECK(too_old.kind == kinds::failed);
    CHECK(too_old.error == "no answer");
}

TEST_CASE("a name that is not there is not asked for by everybody") {
    kept_name name;
    CHECK(name.ask(start).begins);
    name.on_failed("no such name", start + 1s);
    const auto soon = name.ask(start + 1s + kept_name::pause - 1ms);
    CHECK(soon.kind == kinds::failed);
    CHECK(soon.error == "no such name");
    CHECK_FALSE(soon.begins);
    const auto later = name.ask(start + 1s + kept_name::pause);
    CHECK(later.kind == kinds::wait);
    CHECK(later.begins);
}

} // namespace
} // namespace pulsegate
