// Connections that are left: everything was written, the sending side is ended, and what the peer
// still sends is thrown away until it ends its side, too. Closing such a connection at once would
// have the kernel answer the peer's next byte with a reset, which takes away what it has not read
// yet: the Close (RFC 9112 §9.6 tells the same of responses). Owner: one worker.
#pragma once

#include "net/connection.hpp"
#include "session/observed_clock.hpp"
#include "session/timing_wheel.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>

namespace pulsegate {

class lingering {
public:
    /// How long a peer may take to wake up, and to read the Close that it was sent.
    static constexpr milliseconds longest{30'000};

    /// How many are left at a time; the oldest is cut for another one.
    static constexpr std::size_t most = 1'024;

    /// \param wheel  outlives this, or all that is left.
    explicit lingering(timing_wheel& wheel) : wheel_(wheel) {}
    ~lingering() { clear(); }

    /// Ends the sending side of a connection, and leaves it.
    void take(connection left, moment now);

    /// Cuts all of them.
    void clear();

    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    using hook = boost::intrusive::list_base_hook<boost::intrusive::tag<class lingering_tag>>;

    class one final : public wheel_node, public hook, poll_target {
    public:
        one(lingering& of, connection&& left) : of_(of), left_(std::move(left)) {}
        void begin(time_point deadline);

    private:
        void on_due() override { of_.forget(*this); }
        void on_ready(std::uint32_t events) override;

        lingering& of_;
        connection left_;
    };

    void forget(one& which);

    timing_wheel& wheel_;
    boost::intrusive::list<one, boost::intrusive::base_hook<hook>> all_; // the oldest first
};

} // namespace pulsegate
