// One connection to the admin listener: reads a request, has it answered, writes the answer, and
// starts over. Owner: the admin thread. Held by its pending operations only; close() ends them, the
// last one frees it.
#pragma once

#include "admin/admin_service.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

class admin_connection final : public admin_client,
                               public std::enable_shared_from_this<admin_connection> {
public:
    /// \param is_extra  it is let in beyond the limit: it gets one answer, of an open endpoint.
    admin_connection(tcp_socket socket, std::shared_ptr<admin_service> service, bool is_extra);
    ~admin_connection();
    admin_connection(const admin_connection&) = delete;
    admin_connection& operator=(const admin_connection&) = delete;

    /// Reads the first request.
    void start();

    // admin_client
    void close() override;
    [[nodiscard]] admin_client_facts facts() const override;

private:
    enum class phase {
        reading,   // waits for a request; its deadline cuts
        answering, // a handler has it; its deadline answers 503
        writing,   // the answer is on its way; its deadline cuts
        streaming, // the socket is an event_stream's
        lingering, // answered for the last time; waits for the client to close; its deadline cuts
        closed,
    };

    void read();
    void on_read(error_code error);
    void answer_request();
    void answer_plainly(unsigned status, std::string_view text);
    void ask(const admin_handler& handler, const admin_request& request);
    void begin_stream(const admin_subscription& subscribe);
    void on_reply(std::uint64_t request, admin_answer answer);
    void write(admin_answer answer);
    void on_written(error_code error);
    void linger();
    void enter(phase next, milliseconds within);
    void on_deadline();

    using request_parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

    tcp_socket socket_;
    asio::steady_timer deadline_; // of the phase; always armed until closed
    const std::shared_ptr<admin_service> service_;
    const std::string address_; // of the client's machine
    const bool is_extra_;
    time_point idle_since_ = clock::now(); // the last answer, or the beginning
    phase phase_ = phase::reading;
    boost::beast::flat_buffer buffer_; // bounded; holds pipelined requests between reads
    std::optional<request_parser> parser_;
    std::uint64_t request_ = 0; // counts requests: a late reply to an earlier one is recognised
    bool is_head_ = false;      // of the current request
    bool is_open_ = false;      // likewise: for everybody, and answered in plain text
    bool keep_alive_ = false;   // after the current answer
    unsigned version_ = 11;
    std::string response_; // while it is written
};

} // namespace pulsegate
