// Fetches what the workers have lost, has it compared with the limits of the proxies in front, and
// logs what that says. Owner: the control thread.
#pragma once

#include "alignment/cuts/attribution.hpp"
#include "metrics/snapshot.hpp"
#include "net/worker.hpp"

#include <boost/asio/steady_timer.hpp>

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

    void start();
    void stop() { timer_.cancel(); }

    /// Whom to suspect from now on.
    /// \param paths  of the routes, in the order of counters::routes.
    void on_alignment(const alignment& now, const configuration& of,
                      std::span<const std::string> paths);

    /// What was found, the latest last.
    [[nodiscard]] std::vector<suspected_cut> findings() const;

    void add_to(snapshot& shown) const;

private:
    void wait();
    void fetch();
    void on_losses(std::size_t from, const std::vector<loss>& some, time_point asked);
    void judge();

    asio::io_context& control_;
    const std::span<const std::unique_ptr<worker>> workers_;
    asio::steady_timer timer_;
    std::vector<bool> blind_; // each worker at its last fetch
    cut_attribution policy_;
};

} // namespace pulsegate
