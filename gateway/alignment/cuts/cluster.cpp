#include "alignment/cuts/cluster.hpp"

#include "alignment/cuts/excess.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using sightings = std::span<const sighting>;

constexpr std::array<milliseconds, 3> widths{10ms, 50ms, 250ms};
constexpr double marks_tried = 3; // the most that are for one limit, or for all undeclared ones
constexpr int near_widths = 4;
constexpr milliseconds shortest_side{2'000};

// Of the windows that may be improbable enough, so many are looked at closely: those that promise
// most. None holds less than half of the occasions that it promises.
constexpr std::size_t most_candidates = 64;

bool is_below(const sighting& one, duration value) {
    return one.value < value;
}
bool is_above(duration value, const sighting& one) {
    return value < one.value;
}

/// How many lie in [from, to), where neither end is ever before that of the last call.
class sliding_count {
public:
    sliding_count(sightings all, effort& spent) : all_(all), spent_(spent) {}

    std::size_t between(duration from, duration to) {
        advance(first_, from);
        advance(last_, to);
        return last_ - first_;
    }

private:
    void advance(std::size_t& at, duration value) {
        for (; at < all_.size() && all_[at].value < value; ++at)
            spent_.spend(1);
    }

    sightings all_;
    effort& spent_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

/// How many of the numbers below `size` are there, each as often as it likes.
class different {
public:
    explicit different(std::size_t size) : times_(size) {}

    void add(std::size_t which) { count_ += times_[which]++ == 0 ? 1 : 0; }
    void remove(std::size_t which) { count_ -= --times_[which] == 0 ? 1 : 0; }
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    std::vector<std::size_t> times_;
    std::size_t count_ = 0;
};

/// Sightings by other things than their value, as numbers from 0 on.
struct numbered {
    std::vector<std::size_t> by_time; // the sightings in the order of time
    std::vector<std::size_t> slots;   // of each sighting: the half second that it falls into
    std::vector<std::size_t> clients; // of each sighting

    static numbered of(sightings all, effort& spent);
};

numbered numbered::of(sightings all, effort& spent) {
    numbered made{std::vector<std::size_t>(all.size()), std::vector<std::size_t>(all.size()),
                  std::vector<std::size_t>(all.size())};
    std::vector<std::size_t> order(all.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    const auto sort = [&](auto less) {
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            spent.spend(1);
            return less(all[a], all[b]);
        });
    };
    const auto number = [&](std::vector<std::size_t>& as, auto is_same) {
        for (std::size_t i = 1; i < order.size(); ++i)
            as[order[i]] = as[order[i - 1]] + (is_same(all[order[i - 1]], all[order[i]]) ? 0 : 1);
    };
    sort([](const sighting& a, const sighting& b) { return a.client < b.client; });
    number(made.clients, [](const sighting& a, const sighting& b) { return a.client == b.client; });
    sort([](const sighting& a, const sighting& b) { return a.when < b.when; });
    const auto slot = [begin = order.empty() ? time_point() : all[order.front()].when](
                          const sighting& one) { return (one.when - begin) / occasion_gap; };
    number(made.slots, [&](const sighting& a, const sighting& b) { return slot(a) == slot(b); });
    made.by_time = std::move(order);
    return made;
}

/// A window with what it is compared with.
struct candidate {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t nearest = 0; // the fuller one of the nearest neighbourhoods
    std::size_t around = 0;  // the fuller one of those that chance is reckoned by
    double chance = 0;       // of each of those to fall into the window
    double log_tried = 0;
    double promise = 0; // ln of its probability over all that was tried, or less

    [[nodiscard]] std::size_t size() const { return end - begin; }

    /// The same with what it holds in truth.
    [[nodiscard]] double log_chance(std::size_t hits) const {
        return log_binomial_tail(hits, hits + around, chance) + log_tried;
    }
};

/// Of the fuller neighbourhood; of one that zero cuts short, what it would have in its full length.
std::size_t neighbours(std::size_t left, std::size_t right, duration length, duration side) {
    const double extended = static_cast<double>(left) * static_cast<double>(side.count()) /
                            static_cast<double>(std::max(length, duration(1)).count());
    return static_cast<std::size_t>(std::ceil(std::max(static_cast<double>(right), extended)));
}

/// Slides windows along the values, each beginning at one of them.
class window_slide {
public:
    window_slide(sightings all, std::size_t first, std::size_t last, const numbered& names,
                 const cluster_search& where, effort& spent)
        : all_(all), first_(first), last_(last), names_(names), where_(where), spent_(spent) {}

    /// Adds those that may be improbable enough.
    void collect(milliseconds width, std::vector<candidate>& to) {
        different slots(all_.size());
        different clients(all_.size());
        std::size_t news = 0;
        std::size_t end = first_;
        sliding_count left_near(all_, spent_), right_near(all_, spent_);
        sliding_count left(all_, spent_), right(all_, spent_);
        for (std::size_t begin = first_; begin < last_; ++begin) {
            spent_.spend(1);
            const duration low = all_[begin].value;
            const duration high = low + width;
            for (; end < last_ && all_[end].value <= high; ++end) {
                spent_.spend(1);
                slots.add(names_.slots[end]);
                clients.add(names_.clients[end]);
                news += all_[end].is_new ? 1 : 0;
            }
            const duration near = near_widths * width;
            const duration side = std::max<duration>(shortest_side, low / 10);
            const duration length = std::min(side, low);
            candidate one{begin, end};
            one.nearest = std::max(left_near.between(low - near, low),
                                   right_near.between(high + duration(1), high + near));
            one.around = neighbours(left.between(low - length, low),
                                    right.between(high + duration(1), high + side), length, side);
            if (news > 0 && slots.count() >= std::max(least_occasions, one.nearest) &&
                clients.count() >= where_.least_clients)
                consider(one, slots.count(), width, side, to);
            slots.remove(names_.slots[begin]);
            clients.remove(names_.clients[begin]);
            news -= all_[begin].is_new ? 1 : 0;
        }
    }

private:
    /// \param most  occasions that it can have.
    void consider(candidate& one, std::size_t most, milliseconds width, duration side,
                  std::vector<candidate>& to) const {
        const double share = where_.unevenness * static_cast<double>(duration(width).count());
        one.chance = share / (share + static_cast<double>(side.count()));
        one.log_tried =
            std::log(marks_tried * static_cast<double>(widths.size()) *
                     static_cast<double>(last_ - first_) * static_cast<double>(one.size()));
        one.promise = log_binomial_term(most, most + one.around, one.chance) + one.log_tried;
        if (one.promise < std::log(where_.budget))
            to.push_back(one);
    }

    sightings all_;
    std::size_t first_;
    std::size_t last_;
    const numbered& names_;
    const cluster_search& where_;
    effort& spent_;
};

/// As many as there can be with at least `occasion_gap` between one and the next.
std::size_t occasions(sightings all, const candidate& inside, const numbered& names,
                      effort& spent) {
    std::size_t count = 0;
    time_point last = time_point::min();
    for (const std::size_t each : names.by_time) {
        spent.spend(1);
        if (each < inside.begin || each >= inside.end)
            continue;
        if (count == 0 || all[each].when - last >= occasion_gap) {
            ++count;
            last = all[each].when;
        }
    }
    return count;
}

cluster made_of(sightings inside) {
    cluster made{inside.front().value, inside.back().value, {}};
    for (const sighting& each : inside)
        made.members.push_back(each.which);
    return made;
}

/// Those that promise most, the best first.
void keep_best(std::vector<candidate>& of, effort& spent) {
    const auto is_better = [&](const candidate& a, const candidate& b) {
        spent.spend(1);
        return a.promise != b.promise ? a.promise < b.promise : a.begin < b.begin;
    };
    const auto count = static_cast<std::ptrdiff_t>(std::min(of.size(), most_candidates));
    std::partial_sort(of.begin(), of.begin() + count, of.end(), is_better);
    of.resize(static_cast<std::size_t>(count));
}

} // namespace

std::optional<cluster> find_cluster(std::span<const sighting> all, const cluster_search& where,
                                    effort& spent) {
    const auto from = std::lower_bound(all.begin(), all.end(), where.from, is_below);
    const auto to = std::upper_bound(from, all.end(), where.to, is_above);
    const auto first = static_cast<std::size_t>(from - all.begin());
    const auto last = static_cast<std::size_t>(to - all.begin());
    if (last - first < least_occasions)
        return std::nullopt;
    const numbered names = numbered::of(all, spent);
    window_slide windows(all, first, last, names, where, spent);
    std::vector<candidate> candidates;
    for (const milliseconds width : widths)
        windows.collect(width, candidates);
    keep_best(candidates, spent);
    double least = std::log(where.budget);
    sightings best;
    for (const candidate& each : candidates) {
        if (each.promise >= least)
            break;
        const std::size_t hits = occasions(all, each, names, spent);
        if (hits < std::max(least_occasions, each.nearest))
            continue;
        const double found = each.log_chance(hits);
        if (found < least) {
            least = found;
            best = all.subspan(each.begin, each.size());
        }
    }
    return best.empty() ? std::nullopt : std::optional(made_of(best));
}

bool still_stands_out(std::span<const sighting> all, duration low, duration high,
                      std::size_t inside) {
    const duration side = near_widths * (high - low);
    const auto count = [&](duration from, duration to) {
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const sighting& each) {
                return each.value >= from && each.value < to;
            }));
    };
    return 2 * inside >= std::max(count(low - side, low), count(high + duration(1), high + side));
}

} // namespace pulsegate
