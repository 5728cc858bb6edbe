#include "server/cut_watch.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace pulsegate {
namespace {

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

void log_cuts(const cut_finding& found) {
    const std::string text = text_of(found);
    std::vector<log::field> fields{{"finding", text}, {"hop", found.who.hop}};
    if (!found.who.option.empty())
        fields.emplace_back("option", found.who.option);
    fields.emplace_back("seconds", seconds(found.figure));
    fields.emplace_back("cuts", found.cuts);
    if (!found.who.where.empty())
        fields.emplace_back("where", found.who.where);
    if (!found.who.help.empty())
        fields.emplace_back("help", found.who.help);
    log::write(log::level::warning, "a proxy seems to cut connections", fields);
}

} // namespace

void cut_watch::start() {
    statistics_.start();
    timer_.expires_after(interval);
    wait();
}

void cut_watch::stop() {
    timer_.cancel();
    statistics_.stop();
}

void cut_watch::wait() {
    timer_.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        judge();
        fetch();
        timer_.expires_after(interval);
        wait();
    });
}

void cut_watch::fetch() {
    const time_point due = timer_.expiry(); // a late timer is a blindness too
    for (std::size_t i = 0; i < workers_.size(); ++i)
        workers_[i]->post([this, i, due](worker_context& context) {
            auto losses = context.losses.take();
            for (loss& each : losses)
                each.route = context.count.routes[each.route].number;
            asio::post(control_,
                       [this, i, due, losses = std::move(losses)] { on_losses(i, losses, due); });
        });
}

void cut_watch::on_losses(std::size_t from, std::span<const loss> some, time_point asked) {
    const bool is_blind = clock::now() - asked > longest_blindness;
    const bool was_blind = blind_[from];
    blind_[from] = is_blind;
    if (is_blind || was_blind)
        return;
    waiting_.insert(waiting_.end(), some.begin(), some.end());
    constexpr std::size_t most = cut_attribution::most_remembered;
    if (waiting_.size() > most) // the policy would forget these
        waiting_.erase(waiting_.begin(), waiting_.end() - most);
}

void cut_watch::judge() {
    if (std::exchange(is_judging_, true))
        return;
    asio::post(statistics_.loop(), [this, losses = std::exchange(waiting_, {})] {
        policy_.take(losses);
        judgement found{.news = policy_.judge(clock::now()),
                        .findings = policy_.findings(),
                        .cuts = policy_.cuts()};
        asio::post(control_,
                   [this, found = std::move(found)]() mutable { on_judgement(std::move(found)); });
    });
}

void cut_watch::on_judgement(judgement found) {
    is_judging_ = false;
    for (const cut_finding& each : std::exchange(found.news, {}))
        log_cuts(each);
    known_ = std::move(found);
}

void cut_watch::on_alignment(const alignment& now, const configuration& of,
                             std::span<const numbered_route> routes) {
    suspects whom = suspects_of(now, of, routes);
    for (const std::string& each : whom.hops)
        known_.cuts.emplace(each, 0);
    asio::post(statistics_.loop(),
               [this, whom = std::move(whom)]() mutable { policy_.on_suspects(std::move(whom)); });
}

std::vector<suspected_cut> cut_watch::findings() const {
    using std::chrono::system_clock;
    const auto wall = system_clock::now().time_since_epoch();
    const time_point now = clock::now();
    std::vector<suspected_cut> shown;
    for (const cut_finding& each : known_.findings)
        shown.push_back(
            {each.who.hop, each.cuts, seconds(wall) - seconds(now - each.last), text_of(each)});
    return shown;
}

void cut_watch::add_to(snapshot& shown) const {
    for (const auto& [hop, cuts] : known_.cuts)
        shown.cuts_by_hop.push_back({hop, cuts});
    shown.suspected_cuts = findings();
}

} // namespace pulsegate
