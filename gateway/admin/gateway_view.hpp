// What the admin listener's answers are made from: the parts of a running gateway, as references
// into it. It outlives all answers. Owner: the control thread.
#pragma once

#include "admin/scraper.hpp"
#include "alignment/alignment.hpp"
#include "base/time.hpp"
#include "config/loader.hpp"
#include "metrics/snapshot.hpp"
#include "net/worker.hpp"

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
    const counted_routes& counted; // in the order of the counters
    const settings_pointer& settings;
    const std::optional<time_point>& drain_until; // set while draining: the end of the window
    // What the control thread has found out by itself goes into a snapshot: about the proxies in
    // front, the cuts, the reloads.
    std::function<void(snapshot&)> add_findings;
    // What is known of the proxies in front; null without what start-up found.
    struct proxies_in_front {
        const pulsegate::alignment* found = nullptr;
        const load_result* loaded = nullptr;
    };
    std::function<proxies_in_front()> proxies;
    std::function<void()> drain;
};

} // namespace pulsegate
