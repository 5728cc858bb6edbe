#include "net/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace pulsegate {

descriptor_limits descriptor_limits::of(std::uint64_t open_files) {
    constexpr std::uint64_t most_kept = 32;
    const std::uint64_t kept = std::min(open_files / 8, most_kept);
    const auto number = [](std::uint64_t of) {
        return static_cast<int>(std::min<std::uint64_t>(of, std::numeric_limits<int>::max()));
    };
    return {number(open_files - 2 * kept), number(open_files - kept), open_files};
}

descriptor_limits descriptor_limits::of_this_process() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return of(std::numeric_limits<int>::max());
    return of(files.rlim_cur);
}

} // namespace pulsegate
