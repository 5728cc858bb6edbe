#include "alignment/cuts/recycling.hpp"

#include <algorithm>
#include <map>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using losses = std::span<const dated_loss>;

constexpr std::size_t least_losses = 10;
constexpr std::size_t least_clients_at_once = 5;
constexpr auto width = 2s;
constexpr auto side = 4s;
constexpr std::size_t times_the_sides = 10;
constexpr std::size_t times_the_fullest = 4;
constexpr duration sharpness = 250ms;     // within which half of them are lost,
constexpr duration for_each_loss = 200us; // and what the gateway takes to notice each
constexpr auto looks_back = 10s;          // a judgement may be late
static_assert(burst_delay == width + side);

// Windows that are looked at, the fullest first: one that is no burst says the same of most of
// those that overlap it.
constexpr std::size_t most_windows = 32;

/// Those in [from, to).
losses between(losses all, time_point from, time_point to) {
    const auto is_before = [](const dated_loss& one, time_point when) {
        return one.what->when < when;
    };
    const auto first = std::lower_bound(all.begin(), all.end(), from, is_before);
    return losses(first, std::lower_bound(first, all.end(), to, is_before));
}

/// The most that any window holds.
std::size_t fullest(losses all) {
    std::size_t most = 0;
    auto end = all.begin();
    for (auto begin = all.begin(); begin != all.end(); ++begin) {
        while (end != all.end() && end->what->when < begin->what->when + width)
            ++end;
        most = std::max(most, static_cast<std::size_t>(end - begin));
    }
    return most;
}

bool is_unprovoked(const dated_loss& one) {
    return one.what->quiet >= 1s;
}

bool comes_from_many(const std::vector<const loss*>& inside) {
    std::map<std::uint32_t, std::size_t> by_client;
    for (const loss* const each : inside)
        ++by_client[each->client];
    const auto largest =
        std::max_element(by_client.begin(), by_client.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return by_client.size() >= least_clients_at_once && 4 * largest->second <= inside.size();
}

/// True if no half of them have the same time, within half a second.
bool is_spread(const std::vector<const loss*>& inside, duration loss::*time) {
    std::vector<duration> sorted;
    for (const loss* const each : inside)
        sorted.push_back(each->*time);
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    for (std::size_t i = 0; i + half < sorted.size(); ++i)
        if (sorted[i + half] - sorted[i] <= 500ms)
            return false;
    return true;
}

/// A worker that ends does not take its time, as a crowd does.
bool is_sharp(losses window) {
    const std::size_t half = window.size() / 2;
    const duration longest = sharpness + for_each_loss * window.size();
    for (std::size_t i = 0; i + half < window.size(); ++i)
        if (window[i + half].what->when - window[i].what->when <= longest)
            return true;
    return false;
}

bool is_enough(std::size_t count, std::size_t around) {
    return count >= least_losses && count * (side / width) >= times_the_sides * around;
}

/// Two seconds from a loss on.
struct window {
    losses inside;
    std::size_t around = 0; // on the fuller side

    [[nodiscard]] time_point begin() const { return inside.front().what->when; }
};

window window_from(losses all, time_point begin) {
    const time_point end = begin + width;
    return {between(all, begin, end), std::max(between(all, begin - side, begin).size(),
                                               between(all, end, end + side).size())};
}

bool is_burst(losses all, const window& one) {
    if (!is_sharp(one.inside))
        return false;
    std::vector<const loss*> unprovoked;
    for (const dated_loss& each : one.inside)
        if (is_unprovoked(each))
            unprovoked.push_back(each.what);
    if (!is_enough(unprovoked.size(), one.around))
        return false;
    const std::size_t elsewhere =
        std::max(fullest(between(all, time_point::min(), one.begin() - side)),
                 fullest(between(all, one.begin() + width + side, time_point::max())));
    return unprovoked.size() >= times_the_fullest * elsewhere && comes_from_many(unprovoked) &&
           is_spread(unprovoked, &loss::idle) && is_spread(unprovoked, &loss::quiet) &&
           is_spread(unprovoked, &loss::age);
}

/// The fullest windows that have enough, the fullest first, of those as full the earliest.
std::vector<window> full_windows(losses all, losses beginnings, effort& spent) {
    constexpr std::size_t searches = 4 * 11; // for each window; in 2048 losses
    std::vector<window> found;
    const loss* before = nullptr;
    for (const dated_loss& each : beginnings) {
        if (before != nullptr && before->when == each.what->when)
            continue; // the same window
        before = each.what;
        spent.spend(searches);
        const window one = window_from(all, each.what->when);
        if (is_enough(one.inside.size(), one.around))
            found.push_back(one);
    }
    std::stable_sort(found.begin(), found.end(), [&](const window& a, const window& b) {
        spent.spend(1);
        return a.inside.size() > b.inside.size();
    });
    if (found.size() > most_windows)
        found.erase(found.begin() + most_windows, found.end());
    return found;
}

} // namespace

std::optional<burst> find_burst(losses all, time_point now, effort& spent) {
    const losses beginnings =
        between(all, now - burst_delay - looks_back, now - burst_delay + duration(1));
    losses best;
    for (const window& each : full_windows(all, beginnings, spent)) {
        spent.spend(all.size() + 4 * each.inside.size()); // is_burst() goes along them
        if (is_burst(all, each)) {
            best = each.inside;
            break;
        }
    }
    if (best.empty())
        return std::nullopt;
    burst found{best.front().what->when, {}, {}};
    // A window may begin before the burst, and end within it.
    const time_point end = best.back().what->when + sharpness;
    for (const dated_loss& each : between(all, found.begin, end)) {
        found.end = each.what->when;
        found.members.push_back(each.which);
    }
    return found;
}

} // namespace pulsegate
