#include "admin/history.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <numeric>

namespace pulsegate {
namespace {

std::uint64_t cuts_in(const snapshot& from) {
    return std::accumulate(from.cuts_by_hop.begin(), from.cuts_by_hop.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const hop_cuts& each) { return sum + each.cuts; });
}

} // namespace

void history::add(const snapshot& now) {
    const route_counters all = sum_of_routes(now.total);
    const point before = totals_;
    totals_ = {now.time_seconds,
               all.live,
               all.opened,
               all.opened - all.live,
               all.closed_by(close_reason::evicted),
               cuts_in(now)};
    ring_[next_] = {now.time_seconds,
                    all.live,
                    totals_.opened - before.opened,
                    totals_.closed - before.closed,
                    totals_.evictions - before.evictions,
                    totals_.cuts - before.cuts};
    next_ = (next_ + 1) % most_points;
    size_ = std::min(size_ + 1, most_points);
}

boost::json::object history::to_json() const {
    boost::json::array times, connections, opened, closed, evictions, cuts;
    for (std::size_t i = 0; i < size_; ++i) {
        const point& each = ring_[(next_ + most_points - size_ + i) % most_points];
        times.push_back(each.time_seconds);
        connections.push_back(each.connections);
        opened.push_back(each.opened);
        closed.push_back(each.closed);
        evictions.push_back(each.evictions);
        cuts.push_back(each.cuts);
    }
    boost::json::object shown{{"interval_seconds", interval.count()}};
    shown["times"] = std::move(times);
    shown["connections"] = std::move(connections);
    shown["opened"] = std::move(opened);
    shown["closed"] = std::move(closed);
    shown["evictions"] = std::move(evictions);
    shown["cuts"] = std::move(cuts);
    return shown;
}

} // namespace pulsegate
