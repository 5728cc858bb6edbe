// The pages of GET /connections, against sorting everything.
#include "admin/connection_ranking.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace pulsegate;
using namespace std::chrono_literals;

namespace {

session_facts with_age(std::uint64_t id, duration age) {
    session_facts facts;
    facts.id = id;
    facts.age = age;
    return facts;
}

std::vector<std::uint64_t> ids_of(std::vector<connection_row> page) {
    std::vector<std::uint64_t> ids;
    for (const connection_row& each : page)
        ids.push_back(each.id());
    return ids;
}

using ids = std::vector<std::uint64_t>;

/// What a page is by sorting everything.
ids expected_page(std::vector<session_facts> all, const connections_query& query) {
    std::erase_if(all, [&](const session_facts& each) { return !query.filter.fits(each); });
    std::sort(all.begin(), all.end(), [&](const session_facts& a, const session_facts& b) {
        const auto left = figure_of(a, query.sort);
        const auto right = figure_of(b, query.sort);
        if (left.has_value() != right.has_value())
            return left.has_value();
        if (left != right)
            return query.is_descending ? *left > *right : *left < *right;
        return a.id < b.id;
    });
    ids page;
    for (std::size_t i = query.offset; i < std::min(all.size(), query.offset + query.limit); ++i)
        page.push_back(all[i].id);
    return page;
}

session_facts random_facts(std::uint64_t id, std::mt19937& random) {
    const auto below = [&](int most) {
        return std::uniform_int_distribution<int>(0, most - 1)(random);
    };
    session_facts facts;
    facts.id = id;
    facts.route = below(2) == 0 ? "/" : "/chat";
    facts.age = std::chrono::seconds(below(20)); // equal ones are wanted
    facts.client_idle = std::chrono::seconds(below(20));
    if (below(3) > 0)
        facts.round_trip = std::chrono::milliseconds(below(20));
    facts.client_bytes = static_cast<std::uint64_t>(below(20));
    if (below(5) == 0)
        facts.closing = close_reason::evicted;
    return facts;
}

} // namespace

TEST_CASE("a page is in order, and equal figures are in the order of ids") {
    connection_ranking best({});
    for (const auto& [id, age] : {std::pair{3u, 5s}, {1u, 5s}, {9u, 60s}, {2u, 1s}})
        best.add(with_age(id, age), 0);
    CHECK(best.total() == 4);
    CHECK(ids_of(best.take_page()) == ids{9, 1, 3, 2});
}

TEST_CASE("sessions without a round trip come last in either order") {
    for (const bool is_descending : {true, false}) {
        CAPTURE(is_descending);
        connections_query query;
        query.sort = sort_key::rtt;
        query.is_descending = is_descending;
        connection_ranking best(query);
        session_facts measured = with_age(2, 1s);
        measured.round_trip = 3ms;
        best.add(with_age(1, 1s), 0);
        best.add(measured, 0);
        CHECK(ids_of(best.take_page()) == ids{2, 1});
    }
}

TEST_CASE("a page past the end is empty, and the total still counts") {
    connections_query query;
    query.offset = 2;
    connection_ranking best(query);
    best.add(with_age(1, 1s), 0);
    best.add(with_age(2, 1s), 0);
    CHECK(best.take_page().empty());
    CHECK(best.total() == 2);
}

TEST_CASE("pages of several workers are those of everything sorted") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        const auto below = [&](std::size_t most) {
            return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
        };
        std::vector<session_facts> all;
        for (std::size_t i = below(120); i > 0; --i)
            all.push_back(random_facts(i, random));
        std::shuffle(all.begin(), all.end(), random);
        connections_query query;
        query.sort = static_cast<sort_key>(below(4));
        query.is_descending = below(2) == 0;
        query.limit = 1 + below(40);
        query.offset = below(60);
        if (below(3) == 0)
            query.filter.route = "/chat";
        if (below(3) == 0)
            query.filter.is_closing = below(2) == 0;

        std::vector<connection_ranking> workers(1 + below(4), connection_ranking(query));
        for (const session_facts& each : all)
            workers[below(workers.size())].add(each, 0);
        connection_ranking merged(query);
        for (connection_ranking& each : workers)
            merged.merge(std::move(each));
        const auto fitting = std::count_if(all.begin(), all.end(), [&](const session_facts& each) {
            return query.filter.fits(each);
        });
        CHECK(merged.total() == static_cast<std::size_t>(fitting));
        CHECK(ids_of(merged.take_page()) == expected_page(all, query));
    }
}
