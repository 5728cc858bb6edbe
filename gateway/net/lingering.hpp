// Connections that are left: everything was written, and what the peer still sends is thrown away
// until it ends its side. Closing such a connection at once would have the kernel answer the peer's
// next byte with a reset, which takes away what it has not read yet: the Close (RFC 9112 §9.6 tells
// the same of responses). Owner: one worker.
//
//     asleep ──► awake ──► gone
//
//   asleep  nothing has come from it. A proxy passes the end of the gateway's side on as the end of
//           both: so that waits for some seconds
//   awake   something has come, so it is about to read the Close; soon the gateway ends its side
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

    /// How long the gateway does not end its side of one that sends nothing.
    static constexpr milliseconds sleep{5'000};

    /// How long after its first byte the gateway ends its side.
    static constexpr milliseconds awakening{500};

    /// How many are left at a time; the oldest is cut for another one.
    static constexpr std::size_t most = 1'024;

    /// \param wheel  outlives this, or all that is left.
    explicit lingering(timing_wheel& wheel) : wheel_(wheel) {}
    ~lingering() { clear(); }

    /// Takes a connection that is left.
    /// \param is_shut  its sending side has been ended.
    void take(connection left, bool is_shut, moment now);

    /// Cuts the oldest, whose descriptor is needed. False if there is none.
    bool make_room();

    /// Cuts all of them.
    void clear();

    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    using hook = boost::intrusive::list_base_hook<boost::intrusive::tag<class lingering_tag>>;

    class one final : public wheel_node, public hook, poll_target {
    public:
        one(lingering& of, connection&& left) : of_(of), left_(std::move(left)) {}
        void begin(time_point now, bool is_shut);

    private:
        void on_due() override;
        void on_ready(std::uint32_t events) override;

        lingering& of_;
        connection left_;
        time_point deadline_{}; // real time
        bool is_shut_ = false;
        bool is_awake_ = false;
    };

    void forget(one& which);

    timing_wheel& wheel_;
    boost::intrusive::list<one, boost::intrusive::base_hook<hook>> all_; // the oldest first
};

} // namespace pulsegate
