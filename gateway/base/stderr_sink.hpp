// Where the logging thread writes: standard error, which may be a pipe that nobody reads. Used by
// log.cpp only.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace pulsegate::log {

/// Waits for standard error for as long as it takes, until a deadline is set.
class stderr_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    /// From `when` on, a line that standard error does not take at once is thrown away.
    /// Thread-safe.
    void give_up_at(std::chrono::steady_clock::time_point when) { give_up_at_ = when; }

    /// Lines that were thrown away, whole or the rest of them.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

private:
    [[nodiscard]] bool is_writable() const;
    [[nodiscard]] bool write(std::string_view bytes) const;

    std::atomic<std::chrono::steady_clock::time_point> give_up_at_{
        std::chrono::steady_clock::time_point::max()};
    std::atomic<std::uint64_t> lost_ = 0;
};

} // namespace pulsegate::log
