// How far the process may go with its descriptors. The kernel gives the lowest number that is free,
// so the number of a new one says, without counting, that at least so many are in use. The upper
// ones are kept for those who have to be answered when there are too few.
#pragma once

#include <cstdint>

namespace pulsegate {

struct descriptor_limits {
    int of_apps = 0;       // the first number that no leg to an application takes: then 503
    int of_clients = 0;    // the first that no client takes; above are those of the admin listener
    std::uint64_t all = 0; // RLIMIT_NOFILE

    /// For a limit of open files: an eighth, and again an eighth, but at most 32 of them, are kept.
    [[nodiscard]] static descriptor_limits of(std::uint64_t open_files);

    /// By the limit of this process, as it is now.
    [[nodiscard]] static descriptor_limits of_this_process();
};

} // namespace pulsegate
