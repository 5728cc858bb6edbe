#include "alignment/cuts/recycling.hpp"

#include <algorithm>
#include <map>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using losses = std::span<const dated_loss>;

constexpr std::size_t least_losses = 10;
constexpr std::size_t least_clients = 5;
constexpr auto width = 2s;
constexpr auto side = 4s;
constexpr std::size_t times_the_sides = 10;
constexpr std::size_t times_the_fullest = 4;
constexpr duration sharpness = 250ms;     // within which half of them are lost,
constexpr duration for_each_loss = 200us; // and what the gateway takes to notice each
constexpr auto looks_back = 10s;          // a judgement may be late
static_assert(burst_delay == width + side);

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
    return by_client.size() >= least_clients && 4 * largest->second <= inside.size();
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

bool is_burst(losses all, losses window, time_point begin) {
    const time_point end = begin + width;
    const std::size_t around =
        std::max(between(all, begin - side, begin).size(), between(all, end, end + side).size());
    const auto is_enough = [around](std::size_t count) {
        return count >= least_losses && count * (side / width) >= times_the_sides * around;
    };
    if (!is_enough(window.size()) || !is_sharp(window))
        return false;
    std::vector<const loss*> inside;
    for (const dated_loss& each : window)
        if (is_unprovoked(each))
            inside.push_back(each.what);
    if (!is_enough(inside.size()))
        return false;
    const std::size_t elsewhere = std::max(fullest(between(all, time_point::min(), begin - side)),
                                           fullest(between(all, end + side, time_point::max())));
    return inside.size() >= times_the_fullest * elsewhere && comes_from_many(inside) &&
           is_spread(inside, &loss::idle) && is_spread(inside, &loss::quiet) &&
           is_spread(inside, &loss::age);
}

} // namespace

std::optional<burst> find_burst(losses all, time_point now) {
    losses best;
    for (const dated_loss& first :
         between(all, now - burst_delay - looks_back, now - burst_delay + duration(1))) {
        const time_point begin = first.what->when;
        const losses window = between(all, begin, begin + width);
        if (window.size() > best.size() && is_burst(all, window, begin))
            best = window;
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
