#include "command/run.hpp"

#include "alignment/checked.hpp"
#include "alignment/installed_nginx.hpp"
#include "alignment/report.hpp"
#include "base/log.hpp"
#include "server/gateway.hpp"

#include <sys/resource.h>

#include <exception>
#include <iostream>

namespace pulsegate {
namespace {

constexpr int drained = 0;
constexpr int failed = 1;
constexpr int bad_configuration = 78; // EX_CONFIG, sysexits.h

/// Raises the soft limit of open files to the hard one, and says so if `limits.connections` still
/// cannot be reached: a session takes a descriptor for each leg.
void raise_open_files(std::uint64_t connections) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    constexpr std::uint64_t own_files = 64; // listeners, event loops, the admin listener, the log
    if (files.rlim_max / 2 < connections + own_files / 2)
        log::write(log::level::warning, "open files limit connections",
                   {{"limits.connections", connections},
                    {"open_files", std::uint64_t{files.rlim_max}},
                    {"help", "raise LimitNOFILE or ulimit -n, or lower limits.connections"}});
}

void log_start(const gateway& running) {
    for (const socket_address& address : running.listener_addresses())
        log::write(log::level::info, "listening", {{"address", to_string(address)}});
    log::write(log::level::info, "admin listening",
               {{"address", to_string(running.admin_address())}});
}

void log_margins(const std::vector<margin>& margins) {
    for (const margin& each : margins)
        log::write(log::level::info, "alignment margin",
                   {{"hop", each.hop},
                    {"direction", each.direction},
                    {"seconds", std::chrono::duration<double>(each.value).count()}});
}

int serve(checked_configuration checked) {
    const configuration config = checked.loaded->values;
    log::start(config.log.format, config.log.level);
    int code = failed;
    try {
        raise_open_files(config.limits.connections);
        log_margins(checked.aligned->margins);
        gateway running(config, {.checked = std::move(checked)});
        log_start(running);
        const auto outcome = running.run();
        code = outcome == gateway::outcome::drained ? drained : failed;
        log::write(log::level::info, code == drained ? "drained" : "stopped");
    } catch (const std::exception& error) {
        log::write(log::level::error, error.what());
    }
    log::stop();
    return code;
}

} // namespace

int run(const std::string& config_path) {
    const auto text = read_source(config_path);
    if (!text) {
        std::cerr << "pulsegate: cannot read " << config_path << ": " << text.error().message()
                  << "\n";
        return bad_configuration;
    }
    disk_files files;
    checked_configuration checked =
        check_configuration(load_configuration(*text), {files, installed_nginx_version});
    if (!checked.diagnostics.empty())
        std::cerr << render_text(checked.diagnostics);
    if (checked.is_unusable())
        return bad_configuration;
    if (has_errors(checked.aligned->diagnostics) &&
        checked.loaded->values.alignment == alignment_mode::enforce) {
        std::cerr
            << "\npulsegate: not started, because of the errors above; with `alignment: warn` "
               "it would start all the same\n";
        return bad_configuration;
    }
    return serve(std::move(checked));
}

} // namespace pulsegate
