// Says which proxy cuts connections, if one does: compares every connection that was lost without a
// Close frame with the limits of the declared proxies, and looks for limits that nobody declared.
// Pure; owner: the thread of the statistics (server/cut_watch.hpp).
//
// A false alarm is worse than none: one loss is never blamed on anybody. A limit shows by many
// losses with the same figure where chance explains few (cluster.hpp), a recycled worker by many at
// the same moment (recycling.hpp). What is found goes on until its losses have become as few as
// those around them, or fewer than five in an hour.
//
// How sure is it? That losses have a timer behind them: as sure as cluster.hpp says. That the timer
// is this proxy's: its figure is the one that the proxy is known to have, within 0.4 s; another
// party with the same figure looks the same. Where no declared proxy has it, clients may have it
// themselves, such as a library that gives up a connection it hears nothing on; the sentence says
// so.
#pragma once

#include "alignment/cuts/cluster.hpp"
#include "alignment/cuts/finding.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

class cut_attribution {
public:
    /// What is remembered of losses: the latest ones of the last hour. Of a worker with more
    /// connections than that, not all are counted as cut.
    static constexpr std::chrono::hours memory{1};
    static constexpr std::size_t most_remembered = 2048;

    /// A finding that goes on is told again after so long.
    static constexpr std::chrono::minutes telling_pause{1};

    static constexpr std::size_t most_findings = 64; // the latest ones

    /// Limits that are compared with: the first ones, in the order of suspects_of().
    static constexpr std::size_t most_suspects = 1024;

    cut_attribution() { on_suspects({}); }

    /// Whom to suspect from now on.
    void on_suspects(suspects now);

    /// Losses, none of them while the gateway drained or could not see.
    void take(std::span<const loss> some);

    /// Says what there is to tell now: what was not known before, and what goes on. To be called
    /// every second or so.
    [[nodiscard]] std::vector<cut_finding> judge(time_point now);

    /// Cuts by the label of their hop: of the declared proxies, of those that were and have a
    /// finding, and `undeclared`. None ever goes down.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& cuts() const { return cuts_; }

    /// All that was found, the latest last.
    [[nodiscard]] const std::vector<cut_finding>& findings() const { return findings_; }

    /// What all of it has cost by now. See find_cluster() and find_burst().
    [[nodiscard]] const effort& spent() const { return spent_; }

private:
    struct remembered {
        loss what;
        std::uint32_t finding = 0; // that it belongs to; 0: none
        bool is_new = true;        // not judged yet
    };
    struct telling {
        time_point when{};
        std::uint64_t cuts = 0;
    };

    void forget(time_point now);
    void forget_hops();
    [[nodiscard]] std::size_t first_new() const;
    void recognise_known();
    void look_for_burst(time_point now);
    void look_for_suspects();
    void look_for_undeclared();
    void let_rest();

    [[nodiscard]] std::vector<sighting> values(mark by, const suspect* of) const;
    [[nodiscard]] std::vector<sighting> sightings(mark by, const suspect* of) const;
    [[nodiscard]] bool has_news_for(const suspect& who, mark by) const;
    cut_finding& finding_for(const suspect& who, duration figure);
    void adopt(cut_finding& to);
    void count(cut_finding& to, remembered& one);
    [[nodiscard]] std::size_t remembered_of(const cut_finding& one) const;

    suspects suspects_;
    std::deque<remembered> losses_; // the latest last
    std::vector<cut_finding> findings_;
    std::map<std::uint32_t, telling> told_; // by the finding's id
    std::map<std::string, std::uint64_t> cuts_;
    std::uint32_t last_id_ = 0;
    mutable effort spent_;
};

} // namespace pulsegate
