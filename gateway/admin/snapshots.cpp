#include "admin/snapshots.hpp"

#include "base/log.hpp"

namespace pulsegate {
namespace {

double seconds(duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

double unix_seconds(std::chrono::system_clock::time_point when) {
    return std::chrono::duration<double>(when.time_since_epoch()).count();
}

double unix_seconds() {
    return unix_seconds(std::chrono::system_clock::now());
}

void snapshots::take(std::function<void(snapshot)> done) const {
    of_.scrapes.scrape(
        [this, done = std::move(done)](scraper::result found) { done(of(std::move(found))); });
}

/// Of the routes that are gone only those that still have sessions, or have just gone.
void snapshots::show_routes(snapshot& to) const {
    std::deque<route_counters> counted;
    to.total.routes.swap(counted);
    for (std::size_t i = 0; i < counted.size(); ++i) {
        if (of_.counted.is_shown(i, counted[i].live)) {
            to.routes.push_back(of_.counted.all()[i].path);
            to.total.routes.push_back(counted[i]);
        } else {
            to.total.former_routes += counted[i];
        }
    }
}

snapshot snapshots::of(scraper::result found) const {
    snapshot shown;
    shown.time_seconds = unix_seconds();
    shown.started_seconds = unix_seconds(started_);
    shown.total = std::move(found.total);
    show_routes(shown);
    shown.connections_limit = of_.settings->config.limits.connections;
    shown.workers = static_cast<unsigned>(of_.workers.size());
    shown.workers_answered = found.workers_answered;
    for (const certificate_end& each : of_.settings->tls.certificates)
        shown.certificates.push_back({each.file, unix_seconds(each.when)});
    of_.add_findings(shown);
    if (of_.drain_until)
        shown.drain_ends_seconds = shown.time_seconds + seconds(*of_.drain_until - clock::now());
    shown.log_lines_dropped = log::dropped();
    shown.process = read_process_figures();
    return shown;
}

} // namespace pulsegate
