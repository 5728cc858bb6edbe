#include "bench/cpu_time.hpp"

#include <cerrno>
#include <ctime>
#include <string>
#include <system_error>

namespace pulsegate::bench {

std::chrono::nanoseconds cpu_time_of(pid_t process) {
    clockid_t account{};
    const int error = ::clock_getcpuclockid(process, &account);
    timespec used{};
    if (error != 0 || ::clock_gettime(account, &used) != 0) {
        throw std::system_error(error != 0 ? error : errno, std::generic_category(),
                                "processor time of process " + std::to_string(process));
    }
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

} // namespace pulsegate::bench
