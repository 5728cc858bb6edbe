// Takes snapshots of a running gateway: the counters of its workers, and what the control thread
// knows itself. Owner: the control thread.
#pragma once

#include "admin/gateway_view.hpp"
#include "metrics/snapshot.hpp"

#include <chrono>
#include <functional>

namespace pulsegate {

class snapshots {
public:
    /// \param of  outlives *this and every snapshot that is under way.
    explicit snapshots(const gateway_view& of) : of_(of) {}

    /// Asks the workers; `done` runs once, on the control thread. Snapshots may overlap.
    void take(std::function<void(snapshot)> done) const;

private:
    using wall_clock = std::chrono::system_clock;

    [[nodiscard]] snapshot of(scraper::result found) const;
    void show_routes(snapshot& to) const;

    const gateway_view& of_;
    const wall_clock::time_point started_ = wall_clock::now();
};

/// Seconds since 1970 UTC.
[[nodiscard]] double unix_seconds(std::chrono::system_clock::time_point when);

/// The same of now.
[[nodiscard]] double unix_seconds();

} // namespace pulsegate
