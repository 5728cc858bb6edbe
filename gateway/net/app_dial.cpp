#include "net/app_dial.hpp"

#include "net/echo.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/post.hpp>

#include <string>
#include <vector>

namespace pulsegate {
namespace {

using tcp_resolver = asio::ip::basic_resolver<asio::ip::tcp, io_executor>;

} // namespace

/// One dial. Pending handlers hold it; a cancelled one has no `done`.
struct app_dial::attempt : std::enable_shared_from_this<attempt> {
    attempt(asio::io_context& io, on_done then)
        : resolver(io.get_executor()), socket(io.get_executor()), done(std::move(then)) {}

    void resolve(const tcp_address& to) {
        error_code not_literal;
        const auto ip = asio::ip::make_address(to.host, not_literal);
        if (!not_literal) {
            endpoints = {{ip, to.port}};
            connect();
            return;
        }
        resolver.async_resolve(
            to.host, std::to_string(to.port), tcp_resolver::numeric_service,
            [self = shared_from_this()](error_code error, tcp_resolver::results_type found) {
                if (error)
                    return self->fail(app_error::resolve);
                for (const auto& entry : found)
                    self->endpoints.push_back(entry.endpoint());
                self->connect();
            });
    }

    void connect() {
        if (!done)
            return;
        asio::async_connect(
            socket, endpoints,
            [self = shared_from_this()](error_code error, const asio::ip::tcp::endpoint&) {
                if (error)
                    return self->fail(app_error::connect);
                self->succeed(stream_socket(std::move(self->socket)));
            });
    }

    void succeed(stream_socket connected) {
        if (const auto then = std::exchange(done, nullptr))
            then(std::nullopt, std::move(connected));
    }

    void fail(app_error kind) {
        if (const auto then = std::exchange(done, nullptr))
            then(kind, stream_socket(socket.get_executor()));
    }

    tcp_resolver resolver;
    tcp_socket socket;
    std::vector<asio::ip::tcp::endpoint> endpoints;
    on_done done;
};

void app_dial::start(const upstream& to, std::uint64_t max_message_bytes, on_done done) {
    attempt_ = std::make_shared<attempt>(io_, std::move(done));
    if (const auto* app = std::get_if<websocket_upstream>(&to)) {
        attempt_->resolve(app->address);
        return;
    }
    asio::post(io_, [this_attempt = attempt_, &io = io_, max_message_bytes] {
        if (!this_attempt->done)
            return;
        error_code error;
        stream_socket app = start_echo(io, max_message_bytes, error);
        if (error)
            this_attempt->fail(app_error::connect);
        else
            this_attempt->succeed(std::move(app));
    });
}

void app_dial::cancel() {
    if (const auto cancelled = std::exchange(attempt_, nullptr)) {
        cancelled->done = nullptr;
        cancelled->resolver.cancel();
        error_code ignored;
        cancelled->socket.close(ignored);
    }
}

} // namespace pulsegate
