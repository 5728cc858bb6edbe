// How much processor time other processes have used.
#pragma once

#include <chrono>
#include <sys/types.h>

namespace pulsegate::bench {

/// The processor time that all threads of a process have used so far, in user and kernel mode, from
/// the scheduler's own account (clock_getcpuclockid): exact to the nanosecond, where utime and
/// stime of /proc/PID/stat count ticks. Throws std::system_error if there is no such process.
[[nodiscard]] std::chrono::nanoseconds cpu_time_of(pid_t process);

} // namespace pulsegate::bench
