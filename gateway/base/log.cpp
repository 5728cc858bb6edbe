#include "base/log.hpp"

#include "base/log_format.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace pulsegate::log {
namespace {

/// Where the logging thread writes: standard error, which may be a pipe that nobody reads.
/// Waits for it for as long as it takes, until a deadline is set.
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

constexpr std::chrono::milliseconds look_again{100}; // whether there is a deadline meanwhile

void stderr_sink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (!write({line.data(), line.size()}))
        ++lost_;
}

bool stderr_sink::is_writable() const {
    pollfd standard_error{STDERR_FILENO, POLLOUT, 0};
    for (;;) {
        const auto left = give_up_at_.load() - std::chrono::steady_clock::now();
        const auto wait = std::clamp<std::chrono::steady_clock::duration>(
            left, std::chrono::milliseconds(0), look_again);
        const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
        if (::poll(&standard_error, 1, static_cast<int>(wait_ms)) == 1)
            return true;
        if (left <= std::chrono::milliseconds(0))
            return false;
    }
}

/// A pipe that is writable takes PIPE_BUF bytes without blocking (pipe(7)). What cannot be written
/// for another reason, such as a full disk, is lost without a word: there is no place to say it.
bool stderr_sink::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        if (!is_writable())
            return false;
        const auto most = std::min<std::size_t>(bytes.size(), PIPE_BUF);
        const auto written = ::write(STDERR_FILENO, bytes.data(), most);
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR && errno != EAGAIN)
            return true;
    }
    return true;
}

constexpr std::size_t queue_lines = 8192; // some 3 MB; a second of drain at 8000 sessions

/// The queue with its thread, and the logger in front of it.
struct backend {
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
    std::shared_ptr<stderr_sink> sink;
};

std::atomic<level> least_written{level::info};
std::atomic<format> chosen_format{format::text};

// Guards `running` and `dropped_before`. Writers share it while they hand a line over: after stop()
// has taken `running` away, nobody puts a line into its queue any more. A late line in a full queue
// would push out spdlog's own request to end the thread, and stop() would wait for ever.
std::shared_mutex guard;
backend running;
std::uint64_t dropped_before = 0; // by queues that are gone

bool is_stderr_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat seen {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &seen) == 0 &&
           is_journal(stream, seen.st_dev, seen.st_ino);
}

backend make_backend() {
    auto pool = std::make_shared<spdlog::details::thread_pool>(queue_lines, 1);
    auto sink = std::make_shared<stderr_sink>();
    auto logger = std::make_shared<spdlog::async_logger>(
        "pulsegate", sink, pool, spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(spdlog::level::trace); // write() has decided already
    logger->set_pattern("%v");
    return {std::move(pool), std::move(logger), std::move(sink)};
}

} // namespace

void start(format form, level least) {
    const std::unique_lock lock(guard);
    chosen_format = form;
    least_written = least;
    if (!running.pool)
        running = make_backend();
}

void stop(std::chrono::milliseconds longest) {
    backend ending;
    {
        const std::unique_lock lock(guard);
        std::swap(ending, running);
        if (ending.pool)
            dropped_before += ending.pool->overrun_counter(); // final: nobody adds lines any more
    }
    if (!ending.pool)
        return;
    ending.sink->give_up_at(std::chrono::steady_clock::now() + longest);
    ending.pool.reset(); // the last owner: waits until all lines are written or given up
    const std::unique_lock lock(guard);
    dropped_before += ending.sink->lost();
}

void write(level severity, std::string_view message, std::span<const field> fields) {
    if (!is_enabled(severity))
        return;
    std::string line(prefix(severity));
    line += format_line(chosen_format, std::chrono::system_clock::now(), severity, message, fields);
    {
        const std::shared_lock lock(guard);
        if (running.logger) {
            running.logger->log(spdlog::level::info, line);
            return;
        }
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void write(level severity, std::string_view message, std::initializer_list<field> fields) {
    write(severity, message, std::span(fields.begin(), fields.size()));
}

format chosen() {
    return chosen_format;
}

std::string_view prefix(level severity) {
    static const bool goes_to_journal = is_stderr_journal();
    return goes_to_journal ? priority_of(severity) : "";
}

bool is_enabled(level severity) {
    return severity >= least_written;
}

std::uint64_t dropped() {
    const std::shared_lock lock(guard);
    return dropped_before + (running.pool ? running.pool->overrun_counter() : 0);
}

} // namespace pulsegate::log
