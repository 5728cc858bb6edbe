#include "server/alignment_watch.hpp"

#include "alignment/nginx/version.hpp"
#include "base/log.hpp"
#include "server/reload_log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace pulsegate {
namespace {

/// The line may have moved; what is found there is the same.
bool is_known(const diagnostic& found, const std::vector<diagnostic>& before) {
    return std::any_of(before.begin(), before.end(), [&](const diagnostic& each) {
        return each.id == found.id && each.message == found.message &&
               each.primary.text == found.primary.text &&
               each.primary.where.in->name() == found.primary.where.in->name();
    });
}

} // namespace

alignment_watch::alignment_watch(asio::io_context& control,
                                 std::shared_ptr<const load_result> loaded, alignment now,
                                 std::function<void()> on_change)
    : control_(control), loaded_(std::move(loaded)), now_(std::move(now)),
      on_change_(std::move(on_change)), watch_(control, [this] { read_again(); }) {
    watch_files();
}

void alignment_watch::replace(std::shared_ptr<const load_result> loaded, alignment now) {
    loaded_ = std::move(loaded);
    now_ = std::move(now);
    watch_files();
}

void alignment_watch::stop() {
    watch_.stop();
    reader_.stop();
}

void alignment_watch::add_to(snapshot& shown) const {
    for (const margin& each : now_.margins)
        shown.margins.push_back(
            {each.hop, each.direction, std::chrono::duration<double>(each.value).count()});
    const diagnostic_counts findings = count(now_.diagnostics);
    shown.alignment_errors = findings.errors;
    shown.alignment_warnings = findings.warnings;
}

void alignment_watch::watch_files() {
    const chain& proxies = now_.proxies;
    if (proxies.files.empty() || watch_.watch(proxies.files, proxies.patterns))
        return;
    log::write(log::level::warning, "changes of the proxies' files may go unnoticed",
               {{"help", "raise fs.inotify.max_user_watches and max_user_instances"}});
}

void alignment_watch::read_again() {
    if (is_reading_) {
        has_changed_ = true;
        return;
    }
    is_reading_ = true;
    reader_.start();
    asio::post(reader_.loop(), [this, by = loaded_] {
        disk_files files;
        alignment next = align(*by, {files, installed_nginx_version});
        asio::post(control_,
                   [this, by, next = std::move(next)]() mutable { on_read(*by, std::move(next)); });
    });
}

void alignment_watch::on_read(const load_result& by, alignment next) {
    is_reading_ = false;
    if (std::exchange(has_changed_, false))
        read_again();
    if (&by != loaded_.get()) // a reload has read the files since, by another configuration
        return;
    for (const diagnostic& each : next.diagnostics)
        if (!is_known(each, now_.diagnostics))
            log_finding("alignment", each);
    const diagnostic_counts before = count(now_.diagnostics);
    now_ = std::move(next);
    const diagnostic_counts after = count(now_.diagnostics);
    if ((before.errors > 0 || before.warnings > 0) && after.errors == 0 && after.warnings == 0)
        log::write(log::level::info, "alignment is fine again");
    watch_files();
    on_change_();
}

} // namespace pulsegate
