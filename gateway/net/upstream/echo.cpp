#include "net/upstream/echo.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

namespace pulsegate {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using local_socket = asio::basic_stream_socket<asio::local::stream_protocol, io_executor>;

/// Passes pieces of messages on as they come, so that a large message needs no large buffer.
class echo_server : public std::enable_shared_from_this<echo_server> {
public:
    echo_server(poller& poll, local_socket&& socket, std::uint64_t max_message_bytes)
        : guest_(poll), stream_(std::move(socket)) {
        stream_.read_message_max(max_message_bytes);
        stream_.auto_fragment(false);
        websocket::permessage_deflate compression;
        compression.server_enable = true;
        stream_.set_option(compression);
    }

    void start() {
        request_.emplace();
        request_->header_limit(max_header_bytes);
        http::async_read(stream_.next_layer(), buffer_, *request_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error)
                                 self->accept();
                         });
    }

private:
    void accept() {
        // The first subprotocol that is offered is as good as any.
        const auto offered = request_->get()[http::field::sec_websocket_protocol];
        const std::string chosen(offered.substr(0, offered.find(',')));
        stream_.set_option(
            websocket::stream_base::decorator([chosen](websocket::response_type& response) {
                if (!chosen.empty())
                    response.set(http::field::sec_websocket_protocol, chosen);
            }));
        stream_.async_accept(request_->get(), [self = shared_from_this()](error_code error) {
            self->request_.reset();
            if (!error)
                self->read();
        });
    }

    void read() {
        stream_.async_read_some(buffer_, piece_bytes,
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (!error)
                                        self->write();
                                });
    }

    void write() {
        stream_.binary(stream_.got_binary());
        stream_.async_write_some(stream_.is_message_done(), buffer_.data(),
                                 [self = shared_from_this()](error_code error, std::size_t) {
                                     self->buffer_.clear();
                                     if (!error)
                                         self->read();
                                 });
    }

    static constexpr std::uint32_t max_header_bytes = 64 * 1024; // the gateway's own limit is lower
    static constexpr std::size_t piece_bytes = 64 * 1024;

    poll_hold guest_;
    websocket::stream<local_socket> stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::empty_body>> request_;
};

} // namespace

int start_echo(worker_context& worker, std::uint64_t max_message_bytes) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return -1;
    if (std::max(ends[0], ends[1]) >= worker.settings->descriptors.of_apps &&
        !worker.left.make_room()) {
        ::close(ends[0]);
        ::close(ends[1]);
        errno = EMFILE; // the rest is for saying so
        return -1;
    }
    local_socket far(worker.io.get_executor());
    error_code error;
    far.assign(asio::local::stream_protocol(), ends[1], error);
    if (error) {
        ::close(ends[0]);
        ::close(ends[1]);
        errno = error.value();
        return -1;
    }
    std::make_shared<echo_server>(worker.poll, std::move(far), max_message_bytes)->start();
    return ends[0];
}

} // namespace pulsegate
