#include "server/open_files.hpp"

#include "base/log.hpp"

#include <sys/resource.h>

namespace pulsegate {

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

} // namespace pulsegate
