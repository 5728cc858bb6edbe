// Everything one scrape shows, as values: gathered by the server, turned into text by
// exposition.hpp, and into JSON by the server's status.
#pragma once

#include "metrics/counters.hpp"
#include "metrics/process_figures.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// What a proxy in front leaves after the gateway's worst case; negative if it cuts healthy
/// connections.
struct margin_sample {
    std::string hop;
    std::string direction;
    double seconds = 0;
};

/// Connections that a proxy seems to have cut.
struct hop_cuts {
    std::string hop; // its name, or `undeclared`
    std::uint64_t cuts = 0;
};

/// The same, one finding at a time, for people.
struct suspected_cut {
    std::string hop;
    std::uint64_t cuts = 0;
    double last_seconds = 0; // of the last cut, since 1970 UTC
    std::string text;        // one sentence
};

/// Until when a certificate of the gateway is valid.
struct certificate_sample {
    std::string file;
    double ends_seconds = 0; // since 1970 UTC
};

struct snapshot {
    double time_seconds = 0;    // since 1970 UTC; when it was taken
    double started_seconds = 0; // likewise; of the process

    std::vector<std::string>
        routes;     // path of each route; all different, in the order of total.routes
    counters total; // of all workers

    std::uint64_t connections_limit = 0; // `limits.connections`

    unsigned workers = 0;
    unsigned workers_answered = 0; // how many gave fresh figures for this scrape

    std::vector<margin_sample> margins;
    std::uint64_t alignment_errors = 0; // findings about the proxies in front
    std::uint64_t alignment_warnings = 0;

    std::vector<hop_cuts> cuts_by_hop;
    std::vector<suspected_cut> suspected_cuts; // the latest last

    std::vector<certificate_sample> certificates; // in use now

    std::uint64_t reloads_succeeded = 0;
    std::uint64_t reloads_failed = 0;
    bool is_last_reload_successful = true;  // also before the first one
    double last_reload_success_seconds = 0; // since 1970 UTC; of the start before the first one

    std::optional<double> drain_ends_seconds; // while it drains; since 1970 UTC
    std::uint64_t log_lines_dropped = 0;
    process_figures process;
};

} // namespace pulsegate
