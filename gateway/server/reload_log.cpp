#include "server/reload_log.hpp"

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "config/codes.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

bool have_same_addresses(const configuration& running, const configuration& wanted) {
    return std::equal(running.listeners.begin(), running.listeners.end(), wanted.listeners.begin(),
                      wanted.listeners.end(),
                      [](const listener_settings& a, const listener_settings& b) {
                          return a.address == b.address;
                      });
}

} // namespace

std::vector<std::string_view> changed_restart_keys(const configuration& running,
                                                   const configuration& wanted) {
    std::vector<std::string_view> changed;
    if (!have_same_addresses(running, wanted))
        changed.push_back("listeners");
    if (running.admin.address != wanted.admin.address)
        changed.push_back("admin.address");
    if (running.workers != wanted.workers)
        changed.push_back("workers");
    return changed;
}

configuration without_restart_keys(const configuration& running, configuration wanted) {
    if (!have_same_addresses(running, wanted))
        wanted.listeners = running.listeners;
    wanted.admin.address = running.admin.address;
    // A listener that others can reach until the restart goes on asking for a token.
    if (wanted.admin.token_file.empty() &&
        !ip_address::parse(running.admin.address.host)->is_loopback())
        wanted.admin.token_file = running.admin.token_file;
    wanted.workers = running.workers;
    return wanted;
}

log::level log_level_of(severity how) {
    switch (how) {
    case severity::error:
        return log::level::error;
    case severity::warning:
        return log::level::warning;
    case severity::note:
        return log::level::info;
    }
    return log::level::info;
}

void log_finding(std::string_view about, const diagnostic& found) {
    log::write(log_level_of(found.level()), about,
               {{"code", found.id.row().name},
                {"finding", found.message},
                {"place", location(found.primary.where)},
                {"help", found.help}});
}

void reload_log::on_unreadable(const boost::system::error_code& why) {
    const std::string reason = why.message();
    log::write(log::level::error, "cannot read the configuration", {{"error", reason}});
    on_failure();
}

void reload_log::on_unusable(std::string_view why) {
    log::write(log::level::error, "cannot use the configuration", {{"error", why}});
    on_failure();
}

void reload_log::on_refused(std::span<const diagnostic> findings) {
    for (const diagnostic& each : findings)
        log_finding("configuration", each);
    on_failure();
}

void reload_log::on_failure() {
    ++failed_;
    is_last_successful_ = false;
    log::write(
        log::level::error, "not reloaded",
        {{"help", "the old configuration stays in use; mend the file and send SIGHUP again"}});
}

void reload_log::on_accepted(std::span<const diagnostic> findings,
                             std::span<const std::string_view> restart_keys) {
    ++succeeded_;
    is_last_successful_ = true;
    last_success_ = wall_clock::now();
    for (const diagnostic& each : findings)
        log_finding("configuration", each);
    for (const std::string_view key : restart_keys)
        log::write(log::level::warning, "a change needs a restart",
                   {{"key", key}, {"help", "until then the old value stays in use"}});
}

void reload_log::on_done() {
    log::write(log::level::info, "reloaded");
}

void reload_log::add_to(snapshot& shown) const {
    shown.reloads_succeeded = succeeded_;
    shown.reloads_failed = failed_;
    shown.is_last_reload_successful = is_last_successful_;
    shown.last_reload_success_seconds =
        std::chrono::duration<double>(last_success_.time_since_epoch()).count();
}

} // namespace pulsegate
