#include "server/reload_log.hpp"

#include "base/log.hpp"
#include "server/log_finding.hpp"

namespace pulsegate {

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
