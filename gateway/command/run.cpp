#include "command/commands.hpp"

#include "alignment/alignment.hpp"
#include "alignment/nginx/version.hpp"
#include "alignment/report.hpp"
#include "base/log.hpp"
#include "net/listen/predecessor.hpp"
#include "server/gateway.hpp"
#include "server/listening.hpp"
#include "server/reload_log.hpp"
#include "server/service_manager.hpp"

#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <sstream>
#include <string_view>
#include <vector>

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
    const auto text = read_regular_source(path);
    if (!text)
        return text.error();
    disk_files files;
    return check_configuration(load_configuration(*text), {files, installed_nginx_version});
}

/// Where it is going to listen, but for the sockets that somebody else keeps open.
std::vector<socket_address> own_addresses(const configuration& config,
                                          const listening_means& means) {
    std::vector<socket_address> own;
    for (const listener_settings& each : config.listeners)
        own.push_back(each.address);
    own.push_back(config.admin.address);
    std::erase_if(own, [&](const socket_address& each) { return means.find(each) >= 0; });
    return own;
}

/// Has the other gateway drain. False if it cannot be told.
bool take_over(const predecessor& from, int pid) {
    if (!from.is_there()) {
        log::write(log::level::warning, "nobody to take over from",
                   {{"help", "no other process listens on these addresses"}});
        return true;
    }
    const error_code problem = from.order_drain();
    if (problem)
        log::write(log::level::error, "cannot take over",
                   {{"from", pid}, {"error", problem.message()}});
    else
        log::write(log::level::info, "taking over", {{"from", pid}});
    return !problem;
}

int serve(checked_configuration checked, const std::string& config_path, int take_over_pid) {
    const configuration config = checked.loaded->values;
    int code = failed;
    try {
        raise_open_files(config.limits.connections);
        log_margins(checked.aligned->margins);
        const listening_means means{take_over_pid != 0, take_inherited_sockets()};
        std::optional<predecessor> before;
        if (take_over_pid != 0)
            before.emplace(take_over_pid, own_addresses(config, means));
        gateway* started = nullptr;
        gateway running(config,
                        {.checked = std::move(checked),
                         .read_again = [&config_path] { return read_configuration(config_path); },
                         .listening = means,
                         .on_ready =
                             [&] {
                                 if (before && !take_over(*before, take_over_pid))
                                     started->stop(); // two would share the connections
                             }});
        started = &running;
        log_start(running);
        const auto outcome = running.run();
        code = outcome == gateway::outcome::drained ? drained : failed;
        log::write(log::level::info, code == drained ? "drained" : "stopped");
    } catch (const std::exception& error) {
        log::write(log::level::error, error.what());
    }
    return code;
}

/// What was found about the configuration: for programs a log line each, for people as `check`
/// shows it.
void tell(std::span<const diagnostic> findings) {
    for (const diagnostic& each : findings) {
        if (log::chosen() == log::format::json) {
            log_finding("configuration", each);
            continue;
        }
        const std::string_view prefix = log::prefix(log_level_of(each.level()));
        std::istringstream lines(render_text(std::span(&each, 1)));
        for (std::string line; std::getline(lines, line);)
            std::cerr << prefix << line << '\n';
        std::cerr << (prefix.empty() ? "\n" : "");
    }
}

/// That it does not start.
int refuse_to_start(std::string_view why, std::string_view help) {
    if (log::chosen() == log::format::json)
        log::write(log::level::error, "not started", {{"error", why}, {"help", help}});
    else
        std::cerr << log::prefix(log::level::error) << "pulsegate: not started, because of " << why
                  << (help.empty() ? "" : "; ") << help << '\n';
    return bad_configuration;
}

int check_and_serve(checked_configuration checked, const std::string& config_path,
                    int take_over_pid) {
    tell(checked.diagnostics);
    if (checked.is_unusable())
        return refuse_to_start("the errors above", "");
    if (!checked.may_serve())
        return refuse_to_start("the errors above",
                               "with `alignment: warn` it would start all the same");
    return serve(std::move(checked), config_path, take_over_pid);
}

} // namespace

int run(const std::string& config_path, int take_over_pid) {
    auto read = read_configuration(config_path);
    if (!read) {
        std::cerr << log::prefix(log::level::error) << "pulsegate: cannot read " << config_path
                  << ": " << read.error().message() << "\n";
        return bad_configuration;
    }
    const log_settings log = read->loaded->values.log;
    log::start(log.format, log.level);
    const int code = check_and_serve(std::move(*read), config_path, take_over_pid);
    log::stop();
    return code;
}

} // namespace pulsegate
