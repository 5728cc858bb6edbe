// An accepted connection whose listener expects a PROXY header, until that is read; then come TLS,
// if the listener speaks it, and the opening handshake. Deadline: `limits.handshake`.
// Owner: one worker.
//
//     PROXY header ──► (tls_handshake) ──► (handshake)
//          │
//          └─► refusal, or cut
#pragma once

#include "client/proxy_protocol.hpp"
#include "http/upgrade.hpp"
#include "net/listen/opening.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pulsegate {

class accepted final : public opening, private poll_target {
public:
    /// Takes an accepted connection, which finds a place among the newcomers or is closed. One with
    /// nothing to take off goes straight to the next step.
    /// \param peer      nothing on a Unix socket.
    /// \param listener  index into configuration::listeners.
    static void begin(worker_context& worker, connection client,
                      const std::optional<ip_address>& peer, std::size_t listener);

    // worker_member
    void on_due() override;

private:
    accepted(worker_context& worker, connection&& client, accepted_client&& known,
             std::size_t listener);

    void on_ready(std::uint32_t events) override;
    void on_bytes() override { read_proxy_header(); }
    void read_proxy_header();
    void on_proxy_header(const proxy_header& header);
    void wait_for_more() { wait(*this, EPOLLIN); }
    void on_verdict(std::span<const std::uint8_t> seen, const proxy_header_verdict& verdict);
    [[nodiscard]] bool take(std::size_t count);
    void hand_over();
    void refuse(refusal why);

    const proxy_protocol_mode mode_;
    const std::shared_ptr<const server_tls> tls_; // null: plain
    std::string taken_; // off the socket, of a header that is not complete
};

} // namespace pulsegate
