#include "server/file_watch.hpp"

#include <boost/asio/buffer.hpp>

#include <sys/inotify.h>

#include <algorithm>
#include <filesystem>

namespace pulsegate {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/// Where a file's name is, and where each symbolic link on the way to it leads.
void add_directories(const fs::path& file, std::set<fs::path>& to) {
    constexpr int most_links = 40; // as the kernel's own limit
    fs::path at = file;
    std::error_code failed;
    for (int links = 0; links < most_links; ++links) {
        to.insert(at.parent_path());
        const fs::path target = fs::read_symlink(at, failed);
        if (failed)
            break;
        at = target.is_absolute() ? target : at.parent_path() / target;
    }
    const fs::path real = fs::weakly_canonical(file, failed);
    if (!failed)
        to.insert(real.parent_path());
}

/// The directory above the first part that has a wildcard.
fs::path fixed_part(const fs::path& pattern) {
    fs::path fixed;
    for (const fs::path& part : pattern.parent_path()) {
        if (part.string().find_first_of("*?[") != std::string::npos)
            break;
        fixed /= part;
    }
    return fixed;
}

/// A directory that does not exist is waited for in the one above it.
fs::path nearest_existing(fs::path directory) {
    std::error_code failed;
    while (!directory.empty() && directory.has_relative_path() &&
           !fs::is_directory(directory, failed))
        directory = directory.parent_path();
    return directory.empty() ? fs::path(".") : directory;
}

} // namespace

file_watch::file_watch(asio::io_context& io, std::function<void()> on_change)
    : on_change_(std::move(on_change)), events_(io), settled_(io) {
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0)
        return;
    events_.assign(descriptor);
    await_event();
}

bool file_watch::watch(const std::vector<std::string>& files,
                       const std::vector<std::string>& patterns) {
    if (!events_.is_open())
        return false;
    std::set<fs::path> directories;
    for (const std::string& each : files)
        add_directories(each, directories);
    for (const std::string& each : patterns)
        directories.insert(fixed_part(each));
    std::set<int> wanted;
    bool is_complete = true;
    for (const fs::path& each : directories) {
        const int added =
            ::inotify_add_watch(events_.native_handle(), nearest_existing(each).c_str(), changes);
        is_complete = is_complete && added >= 0;
        wanted.insert(added);
    }
    for (const int old : watched_)
        if (!wanted.contains(old))
            ::inotify_rm_watch(events_.native_handle(), old);
    watched_ = std::move(wanted);
    return is_complete;
}

void file_watch::stop() {
    settled_.cancel();
    error_code ignored;
    events_.close(ignored);
}

void file_watch::await_event() {
    // What the events say does not matter: the files are read again as a whole.
    events_.async_read_some(asio::buffer(buffer_), [this](error_code failed, std::size_t) {
        if (failed)
            return;
        on_event();
        await_event();
    });
}

void file_watch::on_event() {
    const time_point now = clock::now();
    if (latest_ == time_point::max())
        latest_ = now + longest_wait;
    settled_.expires_at(std::min(now + settle_time, latest_));
    settled_.async_wait([this](error_code cancelled) {
        if (cancelled)
            return;
        latest_ = time_point::max();
        on_change_();
    });
}

} // namespace pulsegate
