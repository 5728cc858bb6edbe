// What the admin listener's answers are made from: the parts of a running gateway, as references
// into it. It outlives all answers. Owner: the control thread.
#pragma once

#include "base/time.hpp"
#include "server/alignment_watch.hpp"
#include "server/cut_watch.hpp"
#include "server/reload_log.hpp"
#include "server/scrape.hpp"
#include "server/worker.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

struct gateway_view {
    asio::io_context& control;
    const std::vector<std::unique_ptr<worker>>& workers;
    scraper& scrapes;
    const std::vector<std::string>& counted_paths; // of the routes, in the order of the counters
    const settings_pointer& settings;
    const std::optional<alignment_watch>& alignment;
    const cut_watch& cuts;
    const reload_log& reloads;
    const std::optional<time_point>& drain_until; // set while draining: the end of the window
    std::function<void()> drain;
};

} // namespace pulsegate
