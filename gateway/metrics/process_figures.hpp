// What the kernel says of this process, for the `process_` metrics. Linux. Any thread; meant for
// the admin thread, since counting descriptors may take some tens of milliseconds at 100,000 of
// them.
#pragma once

#include <cstdint>
#include <optional>

namespace pulsegate {

/// A figure that cannot be read is absent, and so is its metric.
struct process_figures {
    std::optional<std::uint64_t> open_fds;
    std::optional<std::uint64_t> max_fds; // the soft limit
    std::optional<std::uint64_t> resident_bytes;
    std::optional<double> cpu_seconds;        // user and system, all threads
    std::optional<double> start_time_seconds; // since 1970, UTC
};

[[nodiscard]] process_figures read_process_figures();

/// The number of open descriptors as the size of /proc/self/fd, in constant time: Linux 6.2 and
/// later. Nothing where the kernel does not tell.
[[nodiscard]] std::optional<std::uint64_t> open_fds_by_size();

/// The same by asking poll(2) which descriptors are valid, up to the size of the descriptor table.
/// Three times faster than listing /proc/self/fd, which builds a directory entry in the kernel for
/// each descriptor.
[[nodiscard]] std::optional<std::uint64_t> open_fds_by_poll();

} // namespace pulsegate
