#include "server/file_watch.hpp"

#include "alignment/files.hpp"

#include <boost/asio/buffer.hpp>

#include <sys/inotify.h>

#include <algorithm>
#include <filesystem>

namespace pulsegate {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/// Where a file's name is, and the names of the symbolic links on the way to it.
void add_directories(fs::path file, std::set<fs::path>& to) {
    constexpr int most_links = 40; // as the kernel's own limit
    for (int links = 0; links <= most_links; ++links) {
        fs::path at;
        fs::path behind_link;
        for (auto part = file.begin(); part != file.end(); ++part) {
            at /= *part;
            std::error_code is_no_link;
            const fs::path target = fs::read_symlink(at, is_no_link);
            if (is_no_link)
                continue;
            behind_link = at.parent_path() / target;
            while (++part != file.end())
                behind_link /= *part;
            break;
        }
        to.insert(at.parent_path());
        if (behind_link.empty())
            return;
        file = std::move(behind_link);
    }
}

bool has_wildcard(const fs::path& name) {
    return name.native().find_first_of("*?[") != std::string::npos;
}

/// Where a file, or a directory on the way to one, may come to match.
void add_directories_of_pattern(const fs::path& pattern, std::set<fs::path>& to) {
    fs::path directory;
    for (const fs::path& part : pattern) {
        if (has_wildcard(directory))
            for (const std::string& match : disk_files().match(directory.string()))
                add_directories(match / part, to);
        else if (has_wildcard(part))
            add_directories(directory / part, to);
        directory /= part;
    }
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
        add_directories_of_pattern(each, directories);
    std::set<int> wanted;
    bool is_complete = true;
    for (const fs::path& each : directories) {
        const int added =
            ::inotify_add_watch(events_.native_handle(), nearest_existing(each).c_str(), changes);
        if (added >= 0)
            wanted.insert(added);
        else
            is_complete = false;
    }
    if (!std::includes(watched_.begin(), watched_.end(), wanted.begin(), wanted.end()))
        expect_call(); // nobody saw what changed there since it was read
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
        expect_call();
        await_event();
    });
}

void file_watch::expect_call() {
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
