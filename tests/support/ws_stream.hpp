// ws_peer::stream: what of a peer lives on the peer loop. Its state is shared with the test's
// thread under one mutex. Includes Beast: only for the implementations of peers.
#pragma once

#include "support/ws_peer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stdexcept>

namespace pulsegate::test {

class ws_peer::stream : public std::enable_shared_from_this<ws_peer::stream> {
public:
    using tcp = boost::asio::ip::tcp;
    using socket = boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type>;
    using request = boost::beast::http::request<boost::beast::http::string_body>;
    using response = boost::beast::http::response<boost::beast::http::string_body>;

    struct state {
        std::optional<int> status;
        response answer;
        std::deque<ws_message> inbox;
        std::size_t received = 0;
        std::uint64_t received_bytes = 0;
        bool counts_only = false;
        std::size_t unsent = 0;
        std::size_t pings = 0;
        std::vector<std::string> pongs;
        std::optional<ended> end;
    };

    explicit stream(socket&& connected);

    // On the peer loop.
    void connect(const tcp::endpoint& to, const ws_options& how);
    void accept(const request& upgrade, const std::function<void(response&)>& decorate,
                bool deflate, bool echoes, std::function<void()> done);

    // On any thread.
    void run(std::function<void(stream&)> what); // on the peer loop, later
    void send(ws_message message, bool is_last);
    void ping(std::string payload);
    void pause(bool now);
    void close(std::uint16_t code, std::string_view reason);
    void cut(bool with_reset);

    /// Looks at the state.
    template <class Look>
    auto look(Look what) const {
        const std::lock_guard lock(mutex_);
        return what(state_);
    }
    /// Waits until `what` gives something true; throws std::runtime_error that says `what_for`.
    template <class Look>
    void wait(std::string_view what_for, Look what) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [&] { return what(state_); }))
            throw std::runtime_error("WebSocket peer waited in vain for " + std::string(what_for));
    }
    template <class Change>
    void change(Change what) {
        const std::lock_guard lock(mutex_);
        what(state_);
        changed_.notify_all();
    }

private:
    struct outgoing {
        ws_message message;
        bool is_last;
    };

    void set_options(bool deflate);
    void on_open();
    void read();
    void write();
    void on_end(boost::system::error_code error);

    boost::beast::websocket::stream<socket> ws_;
    boost::beast::flat_buffer buffer_;
    response answer_;
    std::deque<outgoing> outbox_;
    bool is_open_ = false;
    bool is_writing_ = false;
    bool is_reading_ = false;
    bool is_paused_ = false;
    bool echoes_ = false;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    state state_;
};

} // namespace pulsegate::test
