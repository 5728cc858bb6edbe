// What operators see in GET /connections and may end: a session or an event stream. Owner: one
// worker.
#pragma once

#include "net/worker_context.hpp"
#include "session/session_facts.hpp"

#include <cstdint>

namespace pulsegate {

class listed : public worker_member {
public:
    [[nodiscard]] virtual std::uint64_t id() const = 0;

    /// How it stands. The texts are valid until it is next given a turn.
    [[nodiscard]] virtual session_facts describe(moment now) const = 0;

    /// An administrator wants it to end after `wait`, which may be zero; if it was to end earlier
    /// anyway it does. May destroy *this.
    /// \return false if it is ending already.
    virtual bool dismiss(duration wait, moment now) = 0;

protected:
    ~listed() = default;
};

} // namespace pulsegate
