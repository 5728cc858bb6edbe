#include "command/run.hpp"

#include "base/log.hpp"
#include "config/diagnostic.hpp"
#include "config/loader.hpp"
#include "server/gateway.hpp"

#include <sys/resource.h>

#include <exception>
#include <iostream>

namespace pulsegate {
namespace {

constexpr int drained = 0;
constexpr int failed = 1;
constexpr int bad_configuration = 78; // EX_CONFIG, sysexits.h

log::level to_level(log_level level) {
    switch (level) {
    case log_level::debug:
        return log::level::debug;
    case log_level::info:
        return log::level::info;
    case log_level::warning:
        return log::level::warning;
    case log_level::error:
        return log::level::error;
    }
    return log::level::info;
}

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

int serve(configuration config) {
    log::start(config.log.format == log_format::json ? log::format::json : log::format::text,
               to_level(config.log.level));
    int code = failed;
    try {
        raise_open_files(config.limits.connections);
        gateway running(std::move(config), {});
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
    load_result loaded = load_configuration(*text);
    if (!loaded.diagnostics.empty())
        std::cerr << render_text(loaded.diagnostics);
    if (has_errors(loaded.diagnostics))
        return bad_configuration;
    return serve(std::move(loaded.values));
}

} // namespace pulsegate
