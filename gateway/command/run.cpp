#include "command/commands.hpp"

#include "alignment/alignment.hpp"
#include "alignment/nginx/version.hpp"
#include "alignment/report.hpp"
#include "base/log.hpp"
#include "server/gateway.hpp"
#include "server/listening.hpp"
#include "server/service_manager.hpp"

#include <signal.h>

#include <cerrno>

#include <exception>
#include <iostream>
#include <system_error>

namespace pulsegate {
namespace {

constexpr int drained = 0;
constexpr int failed = 1;
constexpr int bad_configuration = 78; // EX_CONFIG, sysexits.h

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

/// gateway.yaml and the files that it names, read and judged.
result<checked_configuration> read_configuration(const std::string& path) {
    const auto text = read_source(path);
    if (!text)
        return text.error();
    disk_files files;
    return check_configuration(load_configuration(*text), {files, installed_nginx_version});
}

/// Has the other gateway drain.
void take_over(const gateway& heir, int pid) {
    if (!heir.has_predecessor())
        return log::write(log::level::warning, "nobody to take over from",
                          {{"help", "no other process listens on these addresses"}});
    if (::kill(pid, SIGTERM) == 0)
        return log::write(log::level::info, "taking over", {{"from", pid}});
    const std::string reason = std::generic_category().message(errno);
    log::write(log::level::error, "cannot take over", {{"from", pid}, {"error", reason}});
}

int serve(checked_configuration checked, const std::string& config_path, int take_over_pid) {
    const configuration config = checked.loaded->values;
    log::start(config.log.format, config.log.level);
    int code = failed;
    try {
        raise_open_files(config.limits.connections);
        log_margins(checked.aligned->margins);
        gateway* started = nullptr;
        gateway running(config,
                        {.checked = std::move(checked),
                         .read_again = [&config_path] { return read_configuration(config_path); },
                         .listening = {take_over_pid != 0, take_inherited_sockets()},
                         .on_ready =
                             [&started, take_over_pid] {
                                 if (take_over_pid != 0)
                                     take_over(*started, take_over_pid);
                             }});
        started = &running;
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

int run(const std::string& config_path, int take_over_pid) {
    auto read = read_configuration(config_path);
    if (!read) {
        std::cerr << "pulsegate: cannot read " << config_path << ": " << read.error().message()
                  << "\n";
        return bad_configuration;
    }
    checked_configuration checked = std::move(*read);
    if (!checked.diagnostics.empty())
        std::cerr << render_text(checked.diagnostics);
    if (checked.is_unusable())
        return bad_configuration;
    if (!checked.may_serve()) {
        std::cerr
            << "\npulsegate: not started, because of the errors above; with `alignment: warn` "
               "it would start all the same\n";
        return bad_configuration;
    }
    return serve(std::move(checked), config_path, take_over_pid);
}

} // namespace pulsegate
