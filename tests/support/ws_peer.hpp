// A WebSocket peer on Boost.Beast's own websocket::stream: the tests' independent client, and one
// connection of their application. Its calls block with deadlines and may come from the test's
// thread; the socket lives on the peer loop.
#pragma once

#include "config/configuration.hpp"
#include "support/patience.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pulsegate::test {

struct ws_message {
    std::string data;
    bool is_text = true;
    friend bool operator==(const ws_message&, const ws_message&) = default;
};

struct ws_options {
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers{};
    bool deflate = false;         // offers permessage-deflate
    bool starts_paused = false;   // reads nothing, so answers no ping either, until resume()
    int receive_buffer_bytes = 0; // 0 leaves the kernel's default
};

class ws_peer {
public:
    class stream; // the part that lives on the peer loop

    /// Starts to connect and upgrade.
    [[nodiscard]] static ws_peer begin(const socket_address& to, const ws_options& how = {});
    /// The same, and waits; throws if the upgrade is refused.
    [[nodiscard]] static ws_peer connect(const socket_address& to, const ws_options& how = {});

    explicit ws_peer(std::shared_ptr<stream> on_loop);
    ws_peer(ws_peer&&) noexcept;
    ws_peer& operator=(ws_peer&&) noexcept;
    ~ws_peer(); // cuts the connection

    /// Waits for the answer to the upgrade: the HTTP status, 0 if the connection broke.
    [[nodiscard]] int status() const;
    /// A header of that answer; "" if it is not there.
    [[nodiscard]] std::string answer_header(std::string_view name) const;
    [[nodiscard]] std::string answer_body() const;

    /// Queues a message and returns.
    void send(std::string data, bool is_text = true);
    /// Queues one frame of a message.
    void send_piece(std::string data, bool is_last, bool is_text = true);
    void send_ping(std::string payload);
    /// Waits until all that was queued has been written.
    void wait_sent() const;

    /// Waits for the next message; throws when the connection ends first.
    [[nodiscard]] ws_message receive();
    [[nodiscard]] std::size_t received() const; // messages so far
    /// Throws messages away from now on instead of keeping them; received() counts them, and
    /// received_bytes() their sizes.
    void count_only();
    [[nodiscard]] std::uint64_t received_bytes() const;
    [[nodiscard]] std::size_t pings() const;              // received
    [[nodiscard]] std::vector<std::string> pongs() const; // payloads received

    void pause(); // reads nothing from the end of the next message on
    void resume();

    /// Starts a closing handshake; code 0 sends a Close without a body.
    void close(std::uint16_t code, std::string_view reason = "");
    void cut();   // closes TCP without a Close frame
    void reset(); // the same with RST

    /// How the connection ended, as a WebSocket API tells it: 1005 for a Close without a body, 1006
    /// for none.
    struct ended {
        std::uint16_t code = 1006;
        std::string reason;
    };
    /// Waits for the end.
    ended wait_closed() const;
    [[nodiscard]] bool is_closed() const;

private:
    std::shared_ptr<stream> stream_;
};

} // namespace pulsegate::test
