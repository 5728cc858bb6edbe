// An accepted connection before its first request: what stands in front of HTTP is taken off here,
// step by step, and then a `handshake` gets the connection. Owner: one worker. It destroys itself
// when its last pending operation has returned; one wheel node holds the deadline of all steps
// together, `limits.handshake`.
//
//     PROXY header ──► (handshake)
//          │
//          └─► refusal, or cut
#pragma once

#include "net/operation.hpp"
#include "net/upgrade.hpp"
#include "net/worker_context.hpp"
#include "session/proxy_protocol.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

class arrival final : public worker_member {
public:
    /// Takes an accepted connection. One with nothing to take off goes straight to its handshake.
    static void begin(worker_context& worker, stream_socket client,
                      const listener_settings& listener);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override;
    void on_shutdown() override;

private:
    friend class operation<arrival>;

    arrival(worker_context& worker, stream_socket&& client, proxy_protocol_mode mode);
    ~arrival() = default;

    void read_proxy_header();
    void wait_for_more();
    void on_verdict(std::span<const std::uint8_t> seen, const proxy_header_verdict& verdict);
    [[nodiscard]] bool take(std::size_t count);
    void hand_over();
    void refuse(refusal why);
    void give_up();
    void cut();
    void finish();

    worker_context& worker_;
    const proxy_protocol_mode mode_;
    unsigned pending_operations_ = 0;
    bool is_over_ = false;
    stream_socket client_;
    std::optional<ip_address> peer_; // as the PROXY header tells, once it is read
    std::string taken_;              // off the socket, of a header that is not complete
};

} // namespace pulsegate
