#include "base/stderr_sink.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace pulsegate::log {
namespace {

constexpr std::chrono::milliseconds look_again{100}; // whether there is a deadline meanwhile

} // namespace

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

} // namespace pulsegate::log
