// A blocking HTTP client over a plain socket that sends any bytes, well-formed or not. It shares no
// code with what it tests. Every wait has a deadline, after which it throws.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace pulsegate::test {

struct raw_response {
    int status = 0;
    std::map<std::string, std::string> fields; // names in lower case
    std::string body;
};

class raw_http_client {
public:
    /// Connects to 127.0.0.1.
    explicit raw_http_client(std::uint16_t port);
    ~raw_http_client();
    raw_http_client(const raw_http_client&) = delete;
    raw_http_client& operator=(const raw_http_client&) = delete;

    /// Sends all of it; false if the peer closed before.
    bool send(std::string_view bytes);

    /// Ends the sending direction: the peer reads end of stream.
    void finish_sending();

    /// Closes with a reset (RST) instead of an orderly end.
    void reset();

    /// Reads one response; `has_body` is false for the answer to HEAD.
    /// Throws std::runtime_error if the connection ends first or the deadline passes.
    raw_response read_response(bool has_body = true);

    /// True if the peer ends the connection, in whatever way, without sending anything more.
    /// Throws std::runtime_error if the deadline passes.
    bool is_closed_by_peer();

    /// True if the peer ends the connection in order (not with a reset) without sending anything
    /// more. Throws std::runtime_error if the deadline passes.
    bool is_ended_in_order();

    /// True if nothing arrives, not even the end, for this long.
    bool hears_nothing_for(std::chrono::milliseconds time);

private:
    bool fill(); // reads some bytes; false at the end of the connection

    bool was_reset_ = false; // meaningful after the end
    int socket_;
    std::string received_;
};

/// `GET path HTTP/1.1` with a Host field and nothing else.
[[nodiscard]] std::string get_request(std::string_view path);

} // namespace pulsegate::test
