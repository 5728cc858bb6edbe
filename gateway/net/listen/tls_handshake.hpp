// The TLS handshake of an accepted connection, before its opening handshake. Owner: one worker.
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
#include "net/listen/opening.hpp"
#include "net/tls/tls_context.hpp"
#include "net/tls/tls_queue.hpp"

#include <memory>
#include <optional>

namespace pulsegate {

class tls_handshake final : public opening, private poll_target, private tls_queue::entry {
public:
    /// Takes a connection; ends in handshake::begin(), or counts a rejection.
    /// \param tls  null for a plain listener, whose connections go straight to their handshake.
    static void begin(worker_context& worker, connection client, accepted_client known,
                      std::shared_ptr<const server_tls> tls);

    // worker_member
    void on_due() override;

private:
    enum class step { shaking, lingering };

    tls_handshake(worker_context& worker, connection&& client, accepted_client&& known,
                  std::shared_ptr<const server_tls>&& tls);

    void on_ready(std::uint32_t events) override;
    void on_turn() override;
    void on_bytes() override;
    [[nodiscard]] bool may_begin();
    void wait_for_client(std::uint32_t events);
    void hand_over();
    void fail();
    void linger();
    void on_leave() override { leave_queue(); }

    step step_ = step::shaking;
    std::shared_ptr<const server_tls> context_;
    tls_stream tls_; // none until the client's first bytes
};

} // namespace pulsegate
