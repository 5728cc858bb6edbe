#include "alignment/cuts/cluster.hpp"

#include "alignment/cuts/excess.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using sightings = std::span<const sighting>;

constexpr std::array<milliseconds, 3> widths{10ms, 50ms, 250ms};
constexpr double marks_tried = 3; // the most that are for one limit, or for all undeclared ones
constexpr int near_widths = 4;
constexpr milliseconds shortest_side{2'000};

bool is_below(const sighting& one, duration value) {
    return one.value < value;
}
bool is_above(duration value, const sighting& one) {
    return value < one.value;
}

/// How many lie in [from, to).
std::size_t count_between(sightings all, duration from, duration to) {
    const auto first = std::lower_bound(all.begin(), all.end(), from, is_below);
    return static_cast<std::size_t>(std::lower_bound(first, all.end(), to, is_below) - first);
}

std::size_t nearest_neighbours(sightings all, duration low, duration high, duration width) {
    const duration side = near_widths * width;
    return std::max(count_between(all, low - side, low),
                    count_between(all, high + duration(1), high + side));
}

/// Of the fuller neighbourhood; of one that zero cuts short, what it would have in its full length.
double neighbours(sightings all, duration low, duration high, duration side) {
    const auto right = static_cast<double>(count_between(all, high + duration(1), high + side));
    const duration length = std::min(side, low);
    const auto left = static_cast<double>(count_between(all, low - length, low));
    return std::max(right, left * static_cast<double>(side.count()) /
                               static_cast<double>(std::max(length, duration(1)).count()));
}

std::size_t occasions(sightings inside) {
    std::vector<time_point> times;
    for (const sighting& each : inside)
        times.push_back(each.when);
    std::sort(times.begin(), times.end());
    std::size_t count = 0;
    time_point last = time_point::min();
    for (const time_point each : times)
        if (count == 0 || each - last >= occasion_gap) {
            ++count;
            last = each;
        }
    return count;
}

std::size_t clients(sightings inside) {
    std::set<std::uint32_t> all;
    for (const sighting& each : inside)
        all.insert(each.client);
    return all.size();
}

/// ln of the probability that this is chance, over all that was tried; 0 if it is none to look at.
double log_chance(sightings all, sightings inside, milliseconds width, std::size_t region,
                  const cluster_search& where) {
    const duration low = inside.front().value;
    const duration high = low + width;
    if (inside.size() < nearest_neighbours(all, low, high, width))
        return 0;
    const std::size_t hits = occasions(inside);
    if (hits < least_occasions || hits < nearest_neighbours(all, low, high, width) ||
        clients(inside) < where.least_clients)
        return 0;
    const duration side = std::max<duration>(shortest_side, low / 10);
    const auto around = static_cast<std::size_t>(std::ceil(neighbours(all, low, high, side)));
    const double share = where.unevenness * static_cast<double>(duration(width).count());
    const double chance = share / (share + static_cast<double>(side.count()));
    const double tried = marks_tried * static_cast<double>(widths.size()) *
                         static_cast<double>(region) * static_cast<double>(inside.size());
    return log_binomial_tail(hits, hits + around, chance) + std::log(tried);
}

cluster made_of(sightings inside) {
    cluster made{inside.front().value, inside.back().value, {}};
    for (const sighting& each : inside)
        made.members.push_back(each.which);
    return made;
}

} // namespace

std::optional<cluster> find_cluster(sightings all, const cluster_search& where) {
    const auto first = std::lower_bound(all.begin(), all.end(), where.from, is_below);
    const auto last = std::upper_bound(first, all.end(), where.to, is_above);
    const auto region = static_cast<std::size_t>(last - first);
    double least = std::log(where.budget);
    sightings best;
    for (auto newest = first; newest != last; ++newest) {
        if (!newest->is_new)
            continue;
        for (const milliseconds width : widths) {
            auto begin = std::lower_bound(first, newest, newest->value - width, is_below);
            auto end = newest;
            for (; begin <= newest; ++begin) {
                while (end != last && end->value <= begin->value + width)
                    ++end;
                if (static_cast<std::size_t>(end - begin) < least_occasions)
                    continue;
                const sightings inside(begin, end);
                const double found = log_chance(all, inside, width, region, where);
                if (found < least) {
                    least = found;
                    best = inside;
                }
            }
        }
    }
    return best.empty() ? std::nullopt : std::optional(made_of(best));
}

bool still_stands_out(sightings all, duration low, duration high, std::size_t inside) {
    return 2 * inside >= nearest_neighbours(all, low, high, high - low);
}

} // namespace pulsegate
