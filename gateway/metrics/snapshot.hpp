// Everything one scrape shows, as values: gathered by the server, turned into text by
// exposition.hpp.
#pragma once

#include "metrics/counters.hpp"
#include "metrics/process_figures.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pulsegate {

struct snapshot {
    std::vector<std::string>
        routes;     // path of each route; all different, in the order of total.routes
    counters total; // of all workers

    unsigned workers = 0;
    unsigned workers_answered = 0; // how many gave fresh figures for this scrape

    bool draining = false;
    std::uint64_t log_lines_dropped = 0;
    process_figures process;
};

} // namespace pulsegate
