// The gateway that another one takes over from, as the kernel knows it: the process that holds the
// listening sockets, and no other, may be told to drain. Used while the heir starts.
#pragma once

#include "net/sockets.hpp"

#include <span>

namespace pulsegate {

class predecessor {
public:
    /// Looks at the process before this one listens anywhere, and keeps others from taking over
    /// from it as long as *this lives.
    /// \param pid        as somebody wrote it: it may be any process, or none.
    /// \param addresses  where this gateway is going to listen.
    /// Errors: std::runtime_error that says what to do, if somebody listens on one of the addresses
    /// who is not this process, if that is not to be known, or if another heir was there before.
    predecessor(int pid, std::span<const socket_address> addresses);

    /// False if nobody listens on any of the addresses: there is nobody to take over from.
    [[nodiscard]] bool is_there() const { return is_there_; }

    /// Has it drain (SIGTERM); it is the process that was looked at, even if its number is another
    /// one's by now.
    [[nodiscard]] error_code order_drain() const;

private:
    /// A descriptor of a process's directory in /proc, which stands for that process alone.
    struct process {
        explicit process(int pid);
        ~process();
        process(const process&) = delete;
        process& operator=(const process&) = delete;
        const int directory; // -1: there is no such process
    };

    const process process_;
    bool is_there_ = false;
};

} // namespace pulsegate
