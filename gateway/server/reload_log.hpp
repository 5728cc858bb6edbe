// What becomes of each reload: which keys it cannot change, what goes to the log, and figures for
// /metrics. Owner: the control thread.
#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "metrics/snapshot.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The keys whose values differ and take a restart, as they are written in gateway.yaml.
[[nodiscard]] std::vector<std::string_view> changed_restart_keys(const configuration& running,
                                                                 const configuration& wanted);

/// The wanted configuration, with the running values of those keys.
[[nodiscard]] configuration without_restart_keys(const configuration& running,
                                                 configuration wanted);

/// How serious a diagnostic is in the log.
[[nodiscard]] log::level log_level_of(severity how);

/// Writes a diagnostic of the running gateway to its log, as one line.
/// \param about  what the diagnostic is about, such as `alignment`; the message of the line.
void log_finding(std::string_view about, const diagnostic& found);

class reload_log {
public:
    /// The file could not be read; the old configuration stays.
    void on_unreadable(const boost::system::error_code& why);

    /// What it names could not be used; the old configuration stays.
    void on_unusable(std::string_view why);

    /// The gateway could not serve by what was read; the old configuration stays.
    void on_refused(std::span<const diagnostic> findings);

    /// The gateway is going to serve by it.
    /// \param restart_keys  keys that have changed but need a restart.
    void on_accepted(std::span<const diagnostic> findings,
                     std::span<const std::string_view> restart_keys);

    /// Every worker and every session has been told.
    void on_done();

    void add_to(snapshot& shown) const;

private:
    using wall_clock = std::chrono::system_clock;

    void on_failure();

    std::uint64_t succeeded_ = 0;
    std::uint64_t failed_ = 0;
    bool is_last_successful_ = true;
    wall_clock::time_point last_success_ = wall_clock::now(); // at first: of the start
};

} // namespace pulsegate
