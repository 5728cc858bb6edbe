// Notices that files change, by inotify(7): written in place, replaced by another, created,
// removed, or reached by another symbolic link. Owner: the control thread.
#pragma once

#include "base/time.hpp"
#include "net/sockets.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace pulsegate {

class file_watch {
public:
    /// How long the files have to be left alone before `on_change` runs: editors and packages write
    /// in several steps.
    static constexpr milliseconds settle_time{200};
    /// It runs at the latest so long after the first change, however busy the files are.
    static constexpr milliseconds longest_wait{1'000};

    /// \param on_change  runs on the loop's thread, not before the loop does.
    file_watch(asio::io_context& io, std::function<void()> on_change);

    /// Watches these files in place of those of the call before. Their directories are what is
    /// watched, so a file need not exist yet; other files in them cause calls that turn out to be
    /// about nothing. One call follows if a directory is new: what the caller read there may have
    /// changed before it was watched.
    ///
    /// \param patterns  of files that count if they come into being: `/etc/nginx/conf.d/*.conf`.
    /// Errors: false if the system has no more watches, or no inotify.
    [[nodiscard]] bool watch(const std::vector<std::string>& files,
                             const std::vector<std::string>& patterns);

    /// No call after this one.
    void stop();

private:
    void await_event();
    void expect_call();

    std::function<void()> on_change_;
    asio::posix::stream_descriptor events_;
    asio::steady_timer settled_;
    time_point latest_ = time_point::max(); // of the call that is due; max: none is
    std::set<int> watched_;
    alignas(8) std::array<char, 4096> buffer_{};
};

} // namespace pulsegate
