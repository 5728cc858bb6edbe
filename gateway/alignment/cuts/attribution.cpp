#include "alignment/cuts/attribution.hpp"

#include "alignment/cuts/recycling.hpp"

#include <algorithm>
#include <array>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

// A limit of a second is none that anybody has, and shorter times are full of answers.
constexpr duration shortest_limit = 1'500ms;
// Lives that are shorter end by what clients wait for.
constexpr duration shortest_undeclared_life = 15s;
// A probe or a test has the same figure every time, and comes from one or two places.
constexpr std::size_t least_clients = 3;
constexpr int most_undeclared_at_once = 4;

std::span<const mark> marks_of(const suspect& who) {
    static constexpr std::array either{mark::sent_either, mark::heard_either};
    static constexpr std::array to_client{mark::sent};
    static constexpr std::array to_gateway{mark::heard};
    static constexpr std::array life{mark::age};
    if (who.kind == limit_kind::life)
        return life;
    switch (who.resets) {
    case idle_reset::any:
        return either;
    case idle_reset::to_client:
        return to_client;
    case idle_reset::to_gateway:
        return to_gateway;
    }
    return either;
}

void widen(std::vector<cut_finding::window>& windows, mark by, const cluster& found) {
    const auto same = std::find_if(windows.begin(), windows.end(),
                                   [&](const auto& each) { return each.by == by; });
    if (same == windows.end()) {
        windows.push_back({by, found.low, found.high});
        return;
    }
    same->low = std::min(same->low, found.low);
    same->high = std::max(same->high, found.high);
}

} // namespace

void cut_attribution::on_suspects(suspects now) {
    add_former(now, suspects_);
    suspects_ = std::move(now);
    if (suspects_.limits.size() > most_suspects)
        suspects_.limits.resize(most_suspects);
    cuts_.emplace(undeclared_hop, 0);
    for (const std::string& each : suspects_.hops)
        cuts_.emplace(each, 0);
    forget_hops();
}

/// A proxy that is not declared any more is shown as long as something is known of it.
void cut_attribution::forget_hops() {
    std::erase_if(cuts_, [this](const auto& each) {
        const std::string& hop = each.first;
        return hop != undeclared_hop &&
               std::find(suspects_.hops.begin(), suspects_.hops.end(), hop) ==
                   suspects_.hops.end() &&
               std::none_of(findings_.begin(), findings_.end(),
                            [&](const cut_finding& one) { return one.who.hop == hop; });
    });
}

void cut_attribution::take(std::span<const loss> some) {
    if (some.size() > most_remembered)
        some = some.last(most_remembered);
    for (const loss& each : some)
        losses_.push_back({each});
    while (losses_.size() > most_remembered)
        losses_.pop_front();
}

std::vector<cut_finding> cut_attribution::judge(time_point now) {
    forget(now);
    recognise_known();
    look_for_burst(now);
    look_for_suspects();
    look_for_undeclared();
    let_rest();
    for (std::size_t i = first_new(); i < losses_.size(); ++i)
        losses_[i].is_new = false;
    std::vector<cut_finding> news;
    for (const cut_finding& each : findings_) {
        telling& last = told_[each.id];
        if (each.cuts == last.cuts || (last.cuts > 0 && now - last.when < telling_pause))
            continue;
        last = {now, each.cuts};
        news.push_back(each);
    }
    return news;
}

void cut_attribution::forget(time_point now) {
    while (!losses_.empty() && losses_.front().what.when < now - memory)
        losses_.pop_front();
    if (findings_.size() <= most_findings)
        return;
    while (findings_.size() > most_findings) {
        told_.erase(findings_.front().id);
        findings_.erase(findings_.begin());
    }
    forget_hops();
}

std::size_t cut_attribution::first_new() const {
    return static_cast<std::size_t>(
        std::partition_point(losses_.begin(), losses_.end(),
                             [](const remembered& each) { return !each.is_new; }) -
        losses_.begin());
}

/// New losses that belong to what is known already.
void cut_attribution::recognise_known() {
    for (std::size_t i = first_new(); i < losses_.size(); ++i) {
        remembered& one = losses_[i];
        for (cut_finding& each : findings_) {
            spent_.spend(1);
            if (each.is_active && each.holds(one.what)) {
                count(each, one);
                break;
            }
        }
    }
}

void cut_attribution::look_for_burst(time_point now) {
    std::vector<dated_loss> all;
    for (std::size_t i = 0; i < losses_.size(); ++i)
        if (losses_[i].finding == 0)
            all.push_back({&losses_[i].what, i});
    std::sort(all.begin(), all.end(), [this](const dated_loss& a, const dated_loss& b) {
        spent_.spend(1);
        return a.what->when < b.what->when;
    });
    const auto found = find_burst(all, now, spent_);
    if (!found)
        return;
    cut_finding& to = finding_for(suspect_of(suspects_.reload), 0s);
    to.figure = found->end - found->begin;
    to.burst_cuts = found->members.size();
    for (const std::size_t each : found->members)
        count(to, losses_[each]);
}

void cut_attribution::look_for_suspects() {
    for (const suspect& who : suspects_.limits)
        for (const mark by : marks_of(who)) {
            if (!has_news_for(who, by))
                continue;
            const auto all = sightings(by, &who);
            const auto found =
                find_cluster(all,
                             {std::max<duration>(who.value - who.tolerance, shortest_limit),
                              who.value + who.tolerance},
                             spent_);
            if (!found)
                continue;
            cut_finding& to = finding_for(who, who.value);
            widen(to.windows, by, *found);
            adopt(to);
        }
}

/// The mark with most losses in common is the one that the limit goes by.
void cut_attribution::look_for_undeclared() {
    if (first_new() == losses_.size())
        return;
    for (int i = 0; i < most_undeclared_at_once; ++i) {
        std::optional<cluster> best;
        mark by{};
        for (const mark each : {mark::sent_either, mark::heard_unasked, mark::age}) {
            const duration from = each == mark::age ? shortest_undeclared_life : shortest_limit;
            auto found = find_cluster(sightings(each, nullptr),
                                      {.from = from,
                                       .to = duration::max(),
                                       .budget = 1e-6,
                                       .unevenness = 4,
                                       .least_clients = least_clients},
                                      spent_);
            if (found && (!best || found->members.size() > best->members.size())) {
                best = std::move(found);
                by = each;
            }
        }
        if (!best)
            return;
        const duration figure = best->low + (best->high - best->low) / 2;
        const limit_kind kind = by == mark::age ? limit_kind::life : limit_kind::idle;
        cut_finding& to = finding_for(undeclared_suspect(kind, figure), figure);
        widen(to.windows, by, *best);
        adopt(to);
    }
}

/// What has become as rare as the losses around it, or has ended.
void cut_attribution::let_rest() {
    for (cut_finding& each : findings_) {
        if (!each.is_active || each.is_burst())
            continue;
        const std::size_t inside = remembered_of(each);
        each.is_active = inside >= least_occasions;
        for (const cut_finding::window& window : each.windows) {
            const suspect* const of = each.who.hop == undeclared_hop ? nullptr : &each.who;
            each.is_active = each.is_active &&
                             still_stands_out(values(window.by, of), window.low - window.margin(),
                                              window.high + window.margin(), inside);
        }
    }
}

/// Most suspects have none, and need no search.
bool cut_attribution::has_news_for(const suspect& who, mark by) const {
    for (std::size_t i = first_new(); i < losses_.size(); ++i) {
        spent_.spend(1);
        const auto value = read(by, losses_[i].what);
        if (value && std::chrono::abs(*value - who.value) <= who.tolerance)
            return true;
    }
    return false;
}

/// Losses that nothing explains yet, in the order in which they came.
std::vector<sighting> cut_attribution::values(mark by, const suspect* of) const {
    std::vector<sighting> all;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
        spent_.spend(1);
        const loss& one = losses_[i].what;
        if (losses_[i].finding != 0 || (of != nullptr && !of->concerns(one)))
            continue;
        if (const auto value = read(by, one))
            all.push_back({*value, one.when, one.client, i, losses_[i].is_new});
    }
    return all;
}

/// The same by value.
std::vector<sighting> cut_attribution::sightings(mark by, const suspect* of) const {
    std::vector<sighting> all = values(by, of);
    std::sort(all.begin(), all.end(), [this](const sighting& a, const sighting& b) {
        spent_.spend(1);
        return a.value < b.value;
    });
    return all;
}

/// The one that is known already, if there is, with its latest words.
cut_finding& cut_attribution::finding_for(const suspect& who, duration figure) {
    auto same = std::find_if(findings_.begin(), findings_.end(), [&](const cut_finding& each) {
        if (each.who.hop != who.hop || each.who.kind != who.kind || each.who.option != who.option)
            return false;
        if (who.hop == undeclared_hop && who.kind != limit_kind::reload)
            return std::chrono::abs(each.figure - figure) <= one_event;
        return each.who.value == who.value;
    });
    if (same == findings_.end())
        same = findings_.insert(findings_.end(), {.id = ++last_id_, .who = who, .figure = figure});
    same->who = who;
    same->is_active = true;
    return *same;
}

/// Also what was lost before it was recognised.
void cut_attribution::adopt(cut_finding& to) {
    for (remembered& each : losses_)
        if (each.finding == 0 && to.holds(each.what))
            count(to, each);
}

void cut_attribution::count(cut_finding& to, remembered& one) {
    one.finding = to.id;
    to.first = to.cuts == 0 ? one.what.when : std::min(to.first, one.what.when);
    to.last = to.cuts == 0 ? one.what.when : std::max(to.last, one.what.when);
    ++to.cuts;
    ++cuts_[to.who.hop];
}

std::size_t cut_attribution::remembered_of(const cut_finding& one) const {
    spent_.spend(losses_.size());
    return static_cast<std::size_t>(
        std::count_if(losses_.begin(), losses_.end(),
                      [&](const remembered& each) { return each.finding == one.id; }));
}

} // namespace pulsegate
