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
struct app_dial::attempt : std::enable_shared_from_this<attempt>, turnstile::visitor {
    attempt(app_dial& of, std::shared_ptr<const client_tls>&& with, on_done&& then)
        : resolver(of.io_.get_executor()), socket(of.io_.get_executor()),
          connected(of.io_.get_executor()), gate(of.secure_), context(std::move(with)),
          done(std::move(then)) {}

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
                    return self->fail(app_error::resolve,
                                      "the application's host name does not resolve");
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
                    return self->fail_to_connect(error, "the application cannot be reached");
                if (!self->done)
                    return;
                self->connected = stream_socket(std::move(self->socket));
                if (self->context == nullptr)
                    return self->succeed();
                send_at_once(self->connected);
                self->tls = self->context->connect(self->connected.native_handle());
                self->enter_gate();
            });
    }

    void enter_gate() {
        in_queue = shared_from_this();
        gate.enter(*this);
    }

    void on_turn() override {
        const auto keep_alive = std::move(in_queue);
        switch (tls.handshake()) {
        case tls_stream::outcome::done:
            return succeed();
        case tls_stream::outcome::wants_read:
            return wait(stream_socket::wait_read);
        case tls_stream::outcome::wants_write:
            return wait(stream_socket::wait_write);
        case tls_stream::outcome::ended:
            return fail(app_error::tls, "the application ended the connection instead of TLS; "
                                        "does it speak ws:// on this port?");
        case tls_stream::outcome::failed:
            return fail(app_error::tls, "no TLS with the application: " + tls.failure());
        }
    }

    void wait(stream_socket::wait_type what) {
        connected.async_wait(what, [self = shared_from_this()](error_code) {
            if (self->done)
                self->enter_gate();
        });
    }

    void succeed() {
        if (const auto then = std::exchange(done, nullptr))
            then({std::nullopt, "", transport(std::move(connected), std::move(tls)), false});
    }

    void fail(app_error kind, std::string text, bool lacks_descriptors = false) {
        if (const auto then = std::exchange(done, nullptr))
            then({kind, std::move(text), transport(stream_socket(socket.get_executor())),
                  lacks_descriptors});
    }

    void fail_to_connect(error_code error, std::string text) {
        using namespace boost::system::errc;
        const bool lacks_descriptors =
            error == too_many_files_open || error == too_many_files_open_in_system;
        fail(app_error::connect, std::move(text), lacks_descriptors);
    }

    void cancel() {
        done = nullptr;
        resolver.cancel();
        leave_queue();
        error_code ignored;
        socket.close(ignored);
        connected.close(ignored);
        in_queue.reset();
    }

    tcp_resolver resolver;
    tcp_socket socket;       // while it connects
    stream_socket connected; // from then on
    turnstile& gate;
    std::shared_ptr<attempt> in_queue; // itself, while it waits for its turn
    std::shared_ptr<const client_tls> context;
    tls_stream tls;
    std::vector<asio::ip::tcp::endpoint> endpoints;
    on_done done;
};

void app_dial::start(const upstream& to, std::shared_ptr<const client_tls> tls,
                     std::uint64_t max_message_bytes, on_done done) {
    attempt_ = std::make_shared<attempt>(*this, std::move(tls), std::move(done));
    if (const auto* app = std::get_if<websocket_upstream>(&to)) {
        attempt_->resolve(app->address);
        return;
    }
    asio::post(io_, [this_attempt = attempt_, &io = io_, max_message_bytes] {
        if (!this_attempt->done)
            return;
        error_code error;
        this_attempt->connected = start_echo(io, max_message_bytes, error);
        if (error)
            this_attempt->fail_to_connect(error, "the built-in echo cannot be reached");
        else
            this_attempt->succeed();
    });
}

void app_dial::cancel() {
    if (const auto cancelled = std::exchange(attempt_, nullptr))
        cancelled->cancel();
}

} // namespace pulsegate
