// An accepted connection whose listener expects a PROXY header, until that is read; then come TLS,
// if the listener speaks it, and the opening handshake. Owner: one worker. It destroys itself when
// its last pending operation has returned; one wheel node holds its deadline, `limits.handshake`.
//
//     PROXY header ──► (tls_handshake) ──► (handshake)
//          │
//          └─► refusal, or cut
#pragma once

#include "client/proxy_protocol.hpp"
#include "http/upgrade.hpp"
#include "net/connection.hpp"
#include "net/operation.hpp"
#include "net/worker_context.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pulsegate {

class accepted final : public worker_member, private poll_target {
public:
    /// Takes an accepted connection. One with nothing to take off goes straight to the next step.
    /// \param peer      nothing on a Unix socket.
    /// \param listener  index into configuration::listeners.
    static void begin(worker_context& worker, connection client,
                      const std::optional<ip_address>& peer, std::size_t listener);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override;
    void on_shutdown() override;

private:
    friend class operation<accepted>;

    accepted(worker_context& worker, connection&& client, const std::optional<ip_address>& peer,
             std::size_t listener);
    ~accepted() = default;

    void on_ready(std::uint32_t events) override;
    void read_proxy_header();
    void wait_for_more();
    void on_verdict(std::span<const std::uint8_t> seen, const proxy_header_verdict& verdict);
    [[nodiscard]] bool take(std::size_t count);
    void hand_over();
    void refuse(refusal why);
    void give_up();
    void cut();
    void leave();
    void finish();

    worker_context& worker_;
    const proxy_protocol_mode mode_;
    const std::shared_ptr<const server_tls> tls_; // null: plain
    unsigned pending_operations_ = 0;
    std::optional<operation<accepted>> open_; // until it is over
    connection client_;
    std::optional<ip_address> peer_; // as the PROXY header tells, once it is read
    std::string taken_;              // off the socket, of a header that is not complete
};

} // namespace pulsegate
