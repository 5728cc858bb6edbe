#include "server/certificate_watch.hpp"

#include "base/log.hpp"

#include <sys/stat.h>

#include <set>

namespace pulsegate {
namespace {

auto mark_of(const std::string& path) {
    struct stat seen {};
    if (::stat(path.c_str(), &seen) != 0)
        seen = {};
    return std::tuple(std::uint64_t{seen.st_dev}, std::uint64_t{seen.st_ino},
                      std::int64_t{seen.st_size}, seen.st_ctim.tv_sec, seen.st_ctim.tv_nsec);
}

} // namespace

std::vector<std::string> tls_files_of(const configuration& values) {
    std::set<std::string> files;
    const auto add = [&](const certificate_files& each) {
        files.insert(each.certificate);
        files.insert(each.private_key);
    };
    for (const listener_settings& each : values.listeners) {
        add(each.tls.own);
        for (const certificate_files& other : each.tls.others)
            add(other);
        files.insert(each.tls.client_ca);
    }
    for (const route& each : values.routes) {
        add(each.tls.own);
        files.insert(each.tls.ca_file);
    }
    files.erase("");
    return {files.begin(), files.end()};
}

certificate_watch::certificate_watch(asio::io_context& control, std::function<void()> on_change)
    : on_change_(std::move(on_change)), watch_(control, [this] { look(); }) {}

void certificate_watch::watch(const configuration& values) {
    const auto files = tls_files_of(values);
    known_.clear();
    for (const std::string& each : files)
        known_.emplace(each, mark_of(each));
    if (!watch_.watch(files, {}) && !files.empty())
        log::write(log::level::warning, "renewed certificates may go unnoticed",
                   {{"help", "raise fs.inotify.max_user_watches and max_user_instances, or send "
                             "SIGHUP after each renewal"}});
}

/// Other files in the same directories change as well.
void certificate_watch::look() {
    bool has_changed = false;
    for (auto& [path, known] : known_) {
        const mark now = mark_of(path);
        has_changed |= now != known;
        known = now;
    }
    if (has_changed)
        on_change_();
}

} // namespace pulsegate
