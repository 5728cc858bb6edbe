// The TLS handshake of an accepted connection, before its opening handshake. Owner: one worker. It
// destroys itself when its last pending operation has returned; one wheel node holds its deadline.
//
//     shaking ──► (handshake)
//        │
//        └──────► lingering
//
//   shaking    the TLS handshake                             deadline: cut
//   lingering  the alert is out; what the client still sends is thrown away, so that the alert is
//              not lost in a reset                           deadline: cut
#pragma once

#include "net/handshake.hpp"
#include "net/operation.hpp"
#include "net/tls/tls_context.hpp"
#include "net/tls/tls_queue.hpp"
#include "net/worker_context.hpp"

#include <memory>
#include <optional>

namespace pulsegate {

class tls_handshake final : public worker_member, private poll_target, private tls_queue::entry {
public:
    /// Takes a connection; ends in handshake::begin(), or counts a rejection.
    /// \param tls  null for a plain listener, whose connections go straight to their handshake.
    static void begin(worker_context& worker, connection client, accepted_client known,
                      std::shared_ptr<const server_tls> tls);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override;
    void on_shutdown() override;

private:
    friend class operation<tls_handshake>;

    enum class step { shaking, lingering };

    tls_handshake(worker_context& worker, connection&& client,
                  const std::optional<ip_address>& peer, std::shared_ptr<const server_tls>&& tls);
    ~tls_handshake() = default;

    void on_ready(std::uint32_t events) override;
    void on_turn() override;
    void wait(std::uint32_t events);
    void hand_over();
    void fail();
    void linger();
    void give_up(rejection why);
    void cut();
    void leave();
    void finish();

    worker_context& worker_;
    step step_ = step::shaking;
    unsigned pending_operations_ = 0;
    std::optional<operation<tls_handshake>> open_; // until it is gone
    connection client_;
    const std::optional<ip_address> peer_; // nothing on a Unix socket
    std::shared_ptr<const server_tls> context_;
    tls_stream tls_;
};

} // namespace pulsegate
