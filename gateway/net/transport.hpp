// A connection during the opening handshake, plain or TLS: what Beast reads HTTP from and writes it
// to (its AsyncReadStream and AsyncWriteStream). The session takes it over as a `connection`.
// Owner: one worker.
#pragma once

#include "net/sockets.hpp"
#include "net/tls_stream.hpp"

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <utility>

namespace pulsegate {

class transport {
public:
    using executor_type = io_executor;

    /// \param tls  nothing for a plain connection; else with its handshake done.
    explicit transport(stream_socket&& socket, tls_stream&& tls = {})
        : socket_(std::move(socket)), tls_(std::move(tls)) {}

    [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }
    [[nodiscard]] stream_socket& socket() { return socket_; }
    [[nodiscard]] bool is_secure() const { return static_cast<bool>(tls_); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        if (!tls_)
            return socket_.async_read_some(buffers, std::forward<Token>(token));
        return run(read_attempt{first_of<asio::mutable_buffer>(buffers)},
                   std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        if (!tls_)
            return socket_.async_write_some(buffers, std::forward<Token>(token));
        return run(write_attempt<Buffers>{buffers}, std::forward<Token>(token));
    }

    /// Ends what is pending; its handlers get an error.
    void cancel();

    /// Ends the sending side.
    void shut();

    /// Closes the socket.
    void close();

    /// Appends what was decrypted but not read yet to `to`: the session waits for the socket alone.
    void take_decrypted(boost::beast::flat_buffer& to);

    struct parts {
        int descriptor = -1; // the caller's to close; -1 if the socket is closed
        tls_stream tls;
    };
    /// Takes the connection away from Asio.
    [[nodiscard]] parts release();

private:
    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        return asio::buffer_size(buffers) == 0 ? Buffer{} : *asio::buffer_sequence_begin(buffers);
    }

    struct read_attempt {
        asio::mutable_buffer room;
        tls_stream::step operator()(tls_stream& tls) const {
            return tls.read({static_cast<std::uint8_t*>(room.data()), room.size()});
        }
        [[nodiscard]] bool is_empty() const { return room.size() == 0; }
    };

    /// Headers are many small buffers; they are to leave as one record.
    template <class Buffers>
    struct write_attempt {
        Buffers buffers;
        tls_stream::step operator()(tls_stream& tls) const {
            std::array<std::uint8_t, 4096> gathered; // a repeated attempt gathers the same again
            const std::size_t count = asio::buffer_copy(asio::buffer(gathered), buffers);
            return tls.write(std::span(gathered).first(count));
        }
        [[nodiscard]] bool is_empty() const { return asio::buffer_size(buffers) == 0; }
    };

    /// Tries, waits for the socket, and tries again. A result that is there at once is delivered
    /// later, as Asio does it.
    template <class Attempt>
    struct operation_of {
        transport& on;
        Attempt attempt;
        bool has_tried = false;
        bool is_done = false;
        error_code failed{};
        std::size_t bytes = 0;

        template <class Self>
        void operator()(Self& self, error_code error = {}) {
            if (is_done)
                return self.complete(failed, bytes);
            const bool is_later = std::exchange(has_tried, true);
            if (!error && !on.socket_.is_open())
                error = asio::error::operation_aborted;
            if (!error && !attempt.is_empty()) {
                const tls_stream::step step = attempt(on.tls_);
                if (step.what == tls_stream::outcome::wants_read)
                    return on.socket_.async_wait(stream_socket::wait_read, std::move(self));
                if (step.what == tls_stream::outcome::wants_write)
                    return on.socket_.async_wait(stream_socket::wait_write, std::move(self));
                bytes = step.bytes;
                if (step.what == tls_stream::outcome::ended)
                    error = asio::error::eof;
                else if (step.what == tls_stream::outcome::failed)
                    error = asio::error::connection_reset;
            }
            if (is_later)
                return self.complete(error, bytes);
            is_done = true;
            failed = error;
            asio::post(on.get_executor(), std::move(self));
        }
    };

    template <class Attempt, class Token>
    auto run(Attempt attempt, Token&& token) {
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            operation_of<Attempt>{*this, std::move(attempt)}, token, socket_);
    }

    stream_socket socket_;
    tls_stream tls_;
};

} // namespace pulsegate
