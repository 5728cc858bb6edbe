// Fetches what the workers have lost, has it compared with the limits of the proxies in front, and
// logs what that says. Owner: the control thread.
//
// What is compared is as much as clients like, so it is compared on a thread of its own: the
// control thread answers probes, feeds watchdogs and takes signals. That thread has the policy to
// itself. It is given losses and suspects, and gives back what it has found, as values; one
// judgement is under way at a time, and what is lost meanwhile waits here.
#pragma once

#include "alignment/cuts/attribution.hpp"
#include "metrics/snapshot.hpp"
#include "net/worker.hpp"
#include "server/side_thread.hpp"

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

class cut_watch {
public:
    static constexpr milliseconds interval{1'000};

    /// A fetch that took longer says that somebody could not see meanwhile: what was lost then
    /// seems to be lost at one moment, and is not compared. Nor is what comes with the next fetch,
    /// for it may have waited in the sockets.
    static constexpr milliseconds longest_blindness{1'000};

    /// Both outlive this.
    cut_watch(asio::io_context& control, std::span<const std::unique_ptr<worker>> workers)
        : control_(control), workers_(workers), timer_(control), blind_(workers.size()) {}

    ~cut_watch() { stop(); }
    cut_watch(const cut_watch&) = delete;
    cut_watch& operator=(const cut_watch&) = delete;

    void start();

    /// Returns when the thread has ended, after the judgement that is under way.
    void stop();

    /// Whom to suspect from now on.
    /// \param routes  that are counted.
    void on_alignment(const alignment& now, const configuration& of,
                      std::span<const numbered_route> routes);

    /// What was found by the last judgement, the latest last.
    [[nodiscard]] std::vector<suspected_cut> findings() const;

    void add_to(snapshot& shown) const;

private:
    /// What a judgement says.
    struct judgement {
        std::vector<cut_finding> news;
        std::vector<cut_finding> findings;
        std::map<std::string, std::uint64_t> cuts;
    };

    void wait();
    void fetch();
    void on_losses(std::size_t from, std::span<const loss> some, time_point asked);
    void judge();
    void on_judgement(judgement found);

    // Control thread only.
    asio::io_context& control_;
    const std::span<const std::unique_ptr<worker>> workers_;
    asio::steady_timer timer_;
    std::vector<bool> blind_;   // each worker at its last fetch
    std::vector<loss> waiting_; // for the next judgement; at most what the policy remembers
    bool is_judging_ = false;
    judgement known_{{}, {}, {{std::string(undeclared_hop), 0}}}; // without news

    // The thread of the statistics only, but for posting to it, and starting and ending it.
    cut_attribution policy_;
    side_thread statistics_; // the last, so that it ends before what it uses
};

} // namespace pulsegate
