// What GET and DELETE /connections may ask for.
#include "admin/connections_query.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

const std::array<std::string, 2> routes{"/", "/chat"};

std::variant<connections_query, admin_answer> reading(parameters given) {
    return read_connections_query({"", std::move(given)}, routes);
}

std::variant<closing_order, admin_answer> ordering(parameters given) {
    return read_closing_order({"", std::move(given)}, routes);
}

template <class Read>
std::string refusal(const Read& read) {
    const auto* const answer = std::get_if<admin_answer>(&read);
    return answer == nullptr ? "fine" : std::to_string(answer->status) + ' ' + answer->body;
}

} // namespace

TEST_CASE("without parameters the fifty oldest sessions are meant") {
    const auto query = std::get<connections_query>(reading({}));
    CHECK_FALSE(query.filter.route);
    CHECK_FALSE(query.filter.client);
    CHECK_FALSE(query.filter.is_closing);
    CHECK(query.sort == sort_key::age);
    CHECK(query.is_descending);
    CHECK(query.limit == 50);
    CHECK(query.offset == 0);
}

TEST_CASE("every parameter is taken") {
    const auto query = std::get<connections_query>(reading({{"route", "/chat"},
                                                            {"client", "2001:DB8:0::7"},
                                                            {"state", "closing"},
                                                            {"sort", "bytes"},
                                                            {"order", "asc"},
                                                            {"limit", "1000"},
                                                            {"offset", "1000000"}}));
    CHECK(query.filter.route == "/chat");
    CHECK(query.filter.client == "2001:db8::7"); // as sessions have it
    CHECK(query.filter.is_closing == true);
    CHECK(query.sort == sort_key::bytes);
    CHECK_FALSE(query.is_descending);
    CHECK(query.limit == 1000);
    CHECK(query.offset == 1'000'000);
    CHECK(std::get<connections_query>(reading({{"client", "unix"}})).filter.client == "unix");
    CHECK(std::get<connections_query>(reading({{"state", "open"}})).filter.is_closing == false);
    CHECK(std::get<connections_query>(reading({{"sort", "idle"}})).sort == sort_key::idle);
    CHECK(std::get<connections_query>(reading({{"sort", "rtt"}})).sort == sort_key::rtt);
}

TEST_CASE("a bad value is refused with the parameter's name and what is allowed") {
    struct {
        std::string name, value, allowed;
    } const rows[] = {
        {"route", "/chatter", "there are `/` `/chat`"},
        {"route", "", "there are `/` `/chat`"},
        {"client", "somebody", "an address"},
        {"client", "127.0.0.1:80", "an address"},
        {"state", "half-open", "`open`, `closing`"},
        {"sort", "AGE", "`age`, `idle`, `rtt`, `bytes`"},
        {"order", "up", "`desc`, `asc`"},
        {"limit", "0", "from 1 to 1000"},
        {"limit", "1001", "from 1 to 1000"},
        {"limit", "", "from 1 to 1000"},
        {"limit", "5x", "from 1 to 1000"},
        {"limit", " 5", "from 1 to 1000"},
        {"offset", "-1", "from 0 to 1000000"},
        {"offset", "1000001", "from 0 to 1000000"},
        {"offset", "99999999999999999999999", "from 0 to 1000000"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CAPTURE(row.value);
        const std::string told = refusal(reading({{row.name, row.value}}));
        CHECK(told.starts_with("400 "));
        CHECK(told.find('`' + row.name + '`') != std::string::npos);
        CHECK(told.find(row.allowed) != std::string::npos);
    }
}

TEST_CASE("an order to close says whom, and within what time") {
    CHECK(refusal(ordering({})).starts_with("400 "));
    CHECK(refusal(ordering({{"window", "30s"}})).starts_with("400 "));
    CHECK(std::get<closing_order>(ordering({{"route", "/"}})).window == 0s);
    CHECK(std::get<closing_order>(ordering({{"client", "::1"}, {"window", "1h"}})).window == 1h);
    for (const std::string window : {"", "30", "-5s", "1h1ms", "soon"}) {
        CAPTURE(window);
        CHECK(refusal(ordering({{"route", "/"}, {"window", window}})).starts_with("400 "));
    }
}

TEST_CASE("a filter takes sessions that fit all of its parts") {
    session_facts facts;
    facts.route = "/chat";
    facts.client = "203.0.113.7";
    connection_filter filter;
    CHECK(filter.fits(facts));
    filter.route = "/chat";
    filter.client = "203.0.113.7";
    filter.is_closing = false;
    CHECK(filter.fits(facts));
    facts.closing = close_reason::evicted;
    CHECK_FALSE(filter.fits(facts));
    filter.is_closing = true;
    CHECK(filter.fits(facts));
    filter.route = "/";
    CHECK_FALSE(filter.fits(facts));
    filter.route.reset();
    filter.client = "203.0.113.70";
    CHECK_FALSE(filter.fits(facts));
}

TEST_CASE("an id is 16 hexadecimal digits") {
    CHECK(read_connection_id("8ef248c0d7a1cb37") == 0x8ef248c0d7a1cb37u);
    CHECK(read_connection_id("0000000000000000") == 0u);
    for (const std::string_view text :
         {"", "8ef248c0d7a1cb3", "8ef248c0d7a1cb377", "8ef248c0d7a1cb3g", "0x8ef248c0d7a1cb",
          "-ef248c0d7a1cb37", " ef248c0d7a1cb37"})
        CHECK_FALSE(read_connection_id(text));
}
