// A socket that sends whatever bytes a test likes and shows what comes back, frame by frame: for
// peers that break rules, and for answers that a WebSocket library would hide. Blocking calls with
// deadlines; not thread-safe. Uses nothing of the gateway's code for HTTP or frames.
#pragma once

#include "config/configuration.hpp"
#include "support/patience.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate::test {

/// The start line and headers of an HTTP message.
struct http_head {
    std::string start_line;
    std::multimap<std::string, std::string> headers; // names in lower case

    [[nodiscard]] int status() const; // of a response
    /// The value of a header that is there once; "" if it is not there.
    [[nodiscard]] std::string header(const std::string& lower_case_name) const;
};

enum class frame_kind : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

struct raw_frame {
    frame_kind kind{};
    bool fin = true;
    bool masked = false;
    std::uint8_t reserved_bits = 0; // RSV1 is 4
    std::string payload{};          // unmasked

    /// Of a Close frame: its code, 1005 if it has none.
    [[nodiscard]] unsigned close_code() const;
    [[nodiscard]] std::string close_reason() const;
};

[[nodiscard]] std::string to_bytes(const raw_frame& frame);
[[nodiscard]] std::string close_body(unsigned code, std::string_view reason);

class raw_socket {
public:
    enum class role { client, server };

    /// Takes a connected descriptor. A client masks its frames.
    raw_socket(int descriptor, role as);
    raw_socket(raw_socket&& other) noexcept;
    raw_socket& operator=(raw_socket&& other) noexcept;
    ~raw_socket();

    /// \param receive_buffer_bytes  0 leaves the kernel's default.
    [[nodiscard]] static raw_socket connect(const socket_address& to, int receive_buffer_bytes = 0);

    /// The same with a descriptor that exists already.
    [[nodiscard]] static raw_socket connect(int descriptor, const socket_address& to);

    /// Connects and upgrades; throws unless the answer is 101.
    [[nodiscard]] static raw_socket upgraded(const socket_address& to,
                                             std::string_view target = "/",
                                             std::string_view more_headers = "");

    // All of these throw std::runtime_error when the connection ends or the deadline passes.
    void send(std::string_view bytes);
    void send_frame(frame_kind kind, std::string_view payload, bool fin = true);
    void send_close(unsigned code, std::string_view reason = "");
    [[nodiscard]] std::string read_exactly(std::size_t count);
    [[nodiscard]] http_head read_head();
    /// As told by Content-Length, else everything to the end.
    [[nodiscard]] std::string read_body(const http_head& head);
    [[nodiscard]] raw_frame read_frame();
    /// The next message, its fragments joined, or the Close that comes instead; passes over pings
    /// and pongs.
    [[nodiscard]] raw_frame read_message();

    /// True if something, or the end, can be read within `longest`.
    [[nodiscard]] bool is_readable(std::chrono::milliseconds longest);

    enum class ending { closed, reset };
    /// Throws away what still comes; says how the connection ended.
    ending wait_end(std::chrono::milliseconds longest = patience);

    /// Sends without waiting as much as the kernel takes; returns the number of bytes.
    std::size_t send_what_fits(std::string_view bytes);
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    void shut();  // ends the sending side
    void cut();   // closes
    void reset(); // closes with RST

private:
    [[nodiscard]] std::string receive(); // "" at the end
    void wait_for(short events);

    int descriptor_;
    role role_;
    std::string unread_;
};

/// A complete upgrade request of a client; more headers end with CRLF each.
[[nodiscard]] std::string upgrade_request_text(std::string_view target = "/",
                                               std::string_view more_headers = "");

} // namespace pulsegate::test
