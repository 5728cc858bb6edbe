// What the core of a session orders (session_core.hpp), and the driver performs: the only way in
// which it acts. Owner: the session's worker.
#pragma once

#include "base/time.hpp"
#include "session/leg.hpp"
#include "session/progress.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace pulsegate {

/// What the core orders. Everything is done at once, and none of it calls the core back.
class session_orders {
public:
    /// Writes the parts in order, and keeps what the kernel does not take.
    /// \return how many bytes wait for the kernel now, or `broken` if nothing can be written any
    /// more.
    virtual std::size_t write(leg to, std::span<const iovec> parts) = 0;
    static constexpr std::size_t broken = SIZE_MAX;

    /// Ends the sending side of this leg. What still comes is told.
    virtual void shut(leg which) = 0;

    /// Has no more to do with it. What still comes is thrown away for a while, somewhere else.
    /// \param is_shut  its sending side has been ended.
    virtual void leave(leg which, bool is_shut) = 0;

    /// Closes it.
    virtual void cut(leg which) = 0;

    /// Asks TCP. Costs a system call or two.
    [[nodiscard]] virtual tcp_look look(leg which) = 0;

    /// Has the kernel give up by itself on a peer that acknowledges nothing for so long.
    virtual void limit_silence_of_kernel(leg which, milliseconds unacknowledged) = 0;

    /// For the payloads of pings and for masking keys (RFC 6455 §10.3).
    [[nodiscard]] virtual std::uint64_t random() = 0;

protected:
    ~session_orders() = default;
};

} // namespace pulsegate
