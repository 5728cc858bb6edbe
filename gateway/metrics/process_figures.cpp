#include "metrics/process_figures.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pulsegate {
namespace {

std::optional<std::uint64_t> max_fds() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return {};
    return limit.rlim_cur;
}

/// proc(5), /proc/pid/statm: pages in all, pages resident, ...
std::optional<std::uint64_t> resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all_pages = 0;
    std::uint64_t resident_pages = 0;
    if (!(file >> all_pages >> resident_pages))
        return {};
    return resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::optional<double> cpu_seconds() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return {};
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Seconds from boot to the start of this process: proc(5), /proc/pid/stat, field 22, in clock
/// ticks. The second field is the program's name in parentheses and may hold spaces and parentheses
/// itself.
std::optional<double> start_since_boot() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const auto end_of_name = line.rfind(')');
    if (end_of_name == std::string::npos)
        return {};
    std::istringstream rest(line.substr(end_of_name + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field)
        rest >> skipped;
    std::uint64_t ticks = 0;
    if (!(rest >> ticks))
        return {};
    return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<double> start_time_seconds() {
    const auto since_boot = start_since_boot();
    timespec real{};
    timespec boot{};
    if (!since_boot || clock_gettime(CLOCK_REALTIME, &real) != 0 ||
        clock_gettime(CLOCK_BOOTTIME, &boot) != 0)
        return {};
    const double booted_at = static_cast<double>(real.tv_sec - boot.tv_sec) +
                             static_cast<double>(real.tv_nsec - boot.tv_nsec) / 1e9;
    return booted_at + *since_boot;
}

/// How many descriptors the process's table has room for; no open one is above it, whatever the
/// limit is now.
std::optional<int> fd_table_size() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("FDSize:")) {
            int size = 0;
            if (std::istringstream(line.substr(7)) >> size)
                return size;
        }
    }
    return {};
}

} // namespace

std::optional<std::uint64_t> open_fds_by_size() {
    struct stat directory {};
    if (stat("/proc/self/fd", &directory) != 0 || directory.st_size <= 0)
        return {};
    return static_cast<std::uint64_t>(directory.st_size);
}

std::optional<std::uint64_t> open_fds_by_poll() {
    const auto table_size = fd_table_size();
    if (!table_size)
        return {};
    std::array<pollfd, 256> batch; // poll takes no more than RLIMIT_NOFILE entries
    std::uint64_t open = 0;
    for (int first = 0; first < *table_size; first += static_cast<int>(batch.size())) {
        for (std::size_t i = 0; i < batch.size(); ++i)
            batch[i] = {first + static_cast<int>(i), 0, 0};
        if (poll(batch.data(), batch.size(), 0) < 0)
            return {};
        open += static_cast<std::uint64_t>(
            std::count_if(batch.begin(), batch.end(),
                          [](const pollfd& each) { return (each.revents & POLLNVAL) == 0; }));
    }
    return open;
}

process_figures read_process_figures() {
    // Read once: later adjustments of the system's clock must not move the start.
    static const std::optional<double> started_at = start_time_seconds();

    process_figures figures;
    figures.open_fds = open_fds_by_size();
    if (!figures.open_fds)
        figures.open_fds = open_fds_by_poll();
    figures.max_fds = max_fds();
    figures.resident_bytes = resident_bytes();
    figures.cpu_seconds = cpu_seconds();
    figures.start_time_seconds = started_at;
    return figures;
}

} // namespace pulsegate
