// What a worker lends to everything that lives on it: its event loop, time, wheel, counters, one
// large read buffer, and the list of what is alive. Owner thread only, except where a member says
// otherwise.
#pragma once

#include "client/connection_quota.hpp"
#include "client/newcomers.hpp"
#include "client/shared_admission.hpp"
#include "metrics/counters.hpp"
#include "net/lingering.hpp"
#include "net/loss_list.hpp"
#include "net/poller.hpp"
#include "net/service_settings.hpp"
#include "net/sockets.hpp"
#include "net/tls/tls_queue.hpp"
#include "net/upstream/app_pool.hpp"
#include "net/upstream/shared_upstreams.hpp"
#include "net/walk_pace.hpp"
#include "session/observed_clock.hpp"
#include "session/timing_wheel.hpp"
#include "websocket/frame_scanner.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pulsegate {

class listed;

/// Something that lives on a worker until its last pending operation has returned: an accepted
/// connection, a handshake, a session, an exchange, or a connection between two of these.
class worker_member : public wheel_node,
                      public boost::intrusive::list_base_hook<
                          boost::intrusive::tag<class worker_member_tag>,
                          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// The worker drains: end by yourself some time before `until`.
    virtual void on_drain(time_point until) = 0;

    /// The worker's settings have changed.
    virtual void on_reload() = 0;

    /// The worker stops: cut everything now.
    virtual void on_shutdown() = 0;

    /// Itself, if operators are shown it; null for all else.
    [[nodiscard]] virtual listed* as_listed() { return nullptr; }

protected:
    ~worker_member() = default;
};

using worker_member_list =
    boost::intrusive::list<worker_member,
                           boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                               boost::intrusive::tag<class worker_member_tag>,
                               boost::intrusive::link_mode<boost::intrusive::auto_unlink>>>,
                           boost::intrusive::constant_time_size<false>>;

struct worker_context {
    worker_context(settings_pointer first_settings, connection_quota& quota_of_all,
                   shared_admission& admission_of_all, shared_upstreams& upstreams_of_all);

    /// The time, for the head of a handler.
    [[nodiscard]] moment now() { return time.advance(clock::now()); }

    /// Gives a descriptor back: of a connection that is left, or of the newcomer that has waited
    /// longest. False if there is neither.
    bool make_room_for_descriptor() {
        return left.make_room() || waiting_room.make_room_for_descriptor(now().real);
    }

    /// Room for one large read. Its content is valid until the handler that read it returns. In
    /// front of the buffer there is room for the unscanned end of what was read before.
    [[nodiscard]] std::span<std::uint8_t> read_buffer() {
        return std::span(storage).subspan(room_in_front);
    }

    settings_pointer settings;   // for connections that come from now on; a reload replaces it
    connection_quota& quota;     // thread-safe
    shared_admission& admission; // thread-safe
    shared_upstreams& upstreams; // thread-safe

    asio::io_context io{1};
    poller poll{io};
    tls_queue tls_steps{poll}; // where steps of TLS handshakes wait for their turns
    observed_clock time;
    timing_wheel wheel;
    counters count;
    lingering left{wheel};     // connections whose sessions are over
    app_pool idle_apps{wheel}; // connections to applications between two plain requests
    loss_list losses;
    std::optional<time_point> drain_until; // set while draining: the end of the window
    bool refuses_newcomers = false;        // draining, and nobody else would serve them

    newcomers waiting_room;     // outlives the members
    worker_member_list members; // everything alive here
    walk_pace walks{io, poll};

private:
    // What is read begins at a cache line: it is copied, and looked at, many octets at a time.
    static constexpr std::size_t cache_line = 64;
    static constexpr std::size_t room_in_front =
        (max_unscanned_bytes + cache_line - 1) / cache_line * cache_line;

    alignas(cache_line) std::array<std::uint8_t, room_in_front + 64 * 1024> storage;
};

} // namespace pulsegate
