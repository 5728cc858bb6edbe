// An application made of raw sockets: a listening port whose connections a test serves by hand.
#pragma once

#include "support/raw_socket.hpp"

namespace pulsegate::test {

class raw_app {
public:
    raw_app();
    raw_app(const raw_app&) = delete;
    raw_app& operator=(const raw_app&) = delete;
    ~raw_app();

    [[nodiscard]] tcp_address address() const { return address_; }
    /// As it stands in `upstream`.
    [[nodiscard]] std::string url() const;

    /// The next connection of the gateway; nothing is read from it yet.
    [[nodiscard]] raw_socket accept();

    struct session {
        http_head request;
        raw_socket socket;
    };
    /// The next connection with its request answered by 101.
    /// \param more  headers that end with CRLF each.
    /// \param early  bytes that leave with the answer, in one write.
    [[nodiscard]] session accept_session(std::string_view more = "", std::string_view early = "");

    /// Stops listening: further connections are refused.
    void stop();

private:
    int descriptor_;
    tcp_address address_;
};

/// The value of Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2).
[[nodiscard]] std::string accept_value(std::string_view key);

/// A 101 that answers `request`.
[[nodiscard]] std::string switching_protocols(const http_head& request, std::string_view more = "");

} // namespace pulsegate::test
